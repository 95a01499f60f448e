use super::*;

const PAGE: &str = include_str!("language.smd");

#[test]
fn the_page_of_the_language_evaluates() {
    let mut options = options();
    options.vars = vec![(
        "teams".to_owned(),
        r#"{ finance = { users = ["ana", "bo"], internet = false }, research = { users = ["cy"] } }"#.to_owned(),
    )];
    insta::assert_snapshot!(check_with(PAGE, &options));
}
