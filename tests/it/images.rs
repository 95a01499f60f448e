//! Images as platform teams use them: a new container image is a new version, and its users follow.

use crate::smd::Project;

const STUDIO: &str = r#"
stack studio {}
vpc main { cidr = "10.0.0.0/16" }
subnet a { vpc = vpc.main, cidr = "10.0.1.0/24" }
role studio { name = "Studio", trust = service("sagemaker.amazonaws.com") }

image lab { name = "lab", role = role.studio }

app_image_config lab {
  name = "lab"
  jupyter_lab_app_image_config { file_system_config { default_uid = 1000 } }
}

domain team {
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  home_efs  = "delete"
  default_user_settings {
    execution_role = role.studio
    jupyter_lab_app_settings {
      custom_images = [{ image_name = image.lab, image_version_number = image_version.lab.version, app_image_config_name = app_image_config.lab }]
    }
  }
}
"#;

const VERSION: &str = r#"
image_version lab {
  image      = image.lab
  base_image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/lab:1"
  aliases    = ["stable"]
}
output number = image_version.lab.version
"#;

fn studio() -> Project {
    Project::new(&[("main.smd", STUDIO), ("version.smd", VERSION)])
}

#[track_caller]
fn versions(project: &Project) -> u64 {
    project.count("sagemaker_image_versions")
}

#[test]
fn another_container_image_is_a_new_version_and_the_old_one_stays() {
    let project = studio();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.settled();
    project.edit("version.smd", "lab:1", "lab:2");
    let plan = project.sandboxed(&["plan"]).exits(0);
    for (start, address) in [("+/-", "image_version.lab"), ("~", "domain.team")] {
        let head = plan.line(address);
        assert!(head.trim_start().starts_with(start), "{head}");
    }
    assert!(plan.stdout.contains("image version lab/1 stays"), "{plan}");
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(versions(&project), 2);
    project.settled();
    let number = project.sandboxed(&["output", "number"]).exits(0);
    assert_eq!(number.stdout.trim(), "2");

    // Old ones go where the files say so, once that was applied.
    let written = "aliases    = [\"stable\"]\n  old_versions = \"delete\"";
    project.edit("version.smd", "aliases    = [\"stable\"]", written);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit("version.smd", "lab:2", "lab:3");
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(versions(&project), 2);
    project.settled();
    project
        .sandboxed(&["destroy", "-y", "--consent", "domain.team"])
        .exits(0);
    assert_eq!(versions(&project), 0);
}

#[test]
fn settings_stop_naming_an_image_before_it_goes() {
    let project = studio();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit(
        "main.smd",
        "custom_images = [{ image_name = image.lab, image_version_number = image_version.lab.version, app_image_config_name = app_image_config.lab }]",
        "",
    );
    project.edit(
        "main.smd",
        "image lab { name = \"lab\", role = role.studio }",
        "",
    );
    project.edit(
        "main.smd",
        "app_image_config lab {",
        "app_image_config other {",
    );
    project.edit(
        "main.smd",
        "name = \"lab\"\n  jupyter",
        "name = \"other\"\n  jupyter",
    );
    project.write("version.smd", "");
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(versions(&project), 0);
    project.settled();
}

#[test]
fn living_images_are_taken_over() {
    let role = "stack studio {}\nrole studio { name = \"Studio\", trust = service(\"sagemaker.amazonaws.com\") }\n";
    let things = r#"
image lab { name = "lab", role = role.studio }
app_image_config lab { name = "lab" }
"#;
    let project = Project::new(&[("main.smd", role), ("things.smd", things)]);
    project.write("version.smd", VERSION);
    project.sandboxed(&["apply", "-y"]).exits(0);
    let living = ["image_version.lab", "image.lab", "app_image_config.lab"];
    let forgotten = living.map(|one| format!("removed {{ from = {one}, destroy = false }}\n"));
    project.write("things.smd", forgotten.concat());
    project.write("version.smd", "");
    project.sandboxed(&["apply", "-y"]).exits(0);
    let imports = r#"
import image.lab from "arn:aws:sagemaker:us-east-1:123456789012:image/lab"
import image_version.lab from "lab/1"
import app_image_config.lab from "lab"
"#;
    project.write("things.smd", things);
    project.write("version.smd", format!("{VERSION}{imports}"));
    let run = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(run.stdout.contains("lab/1"), "{run}");
    assert_eq!(versions(&project), 1);
    project.write("version.smd", VERSION);
    project.settled();
}
