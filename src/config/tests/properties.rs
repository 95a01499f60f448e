use super::*;
use proptest::prelude::*;

const STATEMENTS: &[&str] = &[
    "stack shop { default_tags = { a = \"b\" } }",
    "account main { id = \"111122223333\", region = \"eu-west-1\", default = true }",
    "input teams: list(string) { default = [\"x\", \"y\"] }",
    "let net = vpc.v.cidr",
    "vpc v { cidr = \"10.0.0.0/16\" }",
    "subnet s { for_each = { for i, t in input.teams : t => cidr_subnet(let.net, 8, i) }, vpc = vpc.v, cidr = each.value, az = \"eu-west-1a\" }",
    "security_group g { vpc = vpc.v, description = \"d\", ingress i { protocol = \"tcp\", ports = 443, from = self } }",
    "role r { trust = service(\"sagemaker.amazonaws.com\"), policy p { document = domain_isolation(domain.d) } }",
    "domain d { vpc = vpc.v, subnets = values(subnet.s), auth_mode = \"IAM\", default_user_settings { execution_role = role.r } }",
    "output url = domain.d.url",
    "output ids = [for k, s in subnet.s : s.id]",
];

proptest! {
    #![proptest_config(crate::testing::cases(24))]

    /// Neither the order of statements nor the files they stand in matter.
    #[test]
    fn order_and_files_do_not_matter(
        order in Just((0..STATEMENTS.len()).collect::<Vec<_>>()).prop_shuffle(),
        cut in 0..STATEMENTS.len(),
    ) {
        let text = |part: &[usize]| part.iter().map(|at| STATEMENTS[*at]).collect::<Vec<_>>().join("\n");
        let (first, second) = order.split_at(cut);
        let (a, found, _) = evaluate_files(&[("main.smd", &STATEMENTS.join("\n"))], &options());
        prop_assert_eq!(found, vec![]);
        let (b, found, _) = evaluate_files(&[("a.smd", &text(first)), ("b.smd", &text(second))], &options());
        prop_assert_eq!(found, vec![]);
        prop_assert_eq!(show(&a), show(&b));
    }

    /// Whatever is written, evaluation ends with values or errors.
    #[test]
    fn any_expression_ends(text in r#"[a-z0-9 "$\{\}\[\]()+*.,:=><?&|!-]{0,60}"#) {
        let text = format!("vpc v {{ cidr = \"10.0.0.0/16\" }}\nlet a = {text}\noutput o = let.a\n");
        let _ = check(&text);
    }
}
