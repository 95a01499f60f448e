//! The sandbox as a whole: on disk, behind its lock, on a port, and what its protocols refuse.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use bytes::Bytes;
use http::{Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::scene::{
    ACCOUNT, OTHER, REGION, Scene, clock, config, element, elements, sandbox, send,
};
use super::serve::Server;
use super::{Behaviour, Sandbox};
use crate::diagnostic::codes::sandbox as codes;

fn open(dir: &Path) -> Sandbox {
    Sandbox::open(dir, clock(), Behaviour::default()).unwrap()
}

async fn vpcs(sandbox: &Sandbox) -> Vec<String> {
    let scene = Scene::of(sandbox.clone());
    elements(&scene.ok("DescribeVpcs").await, "vpcId")
}

#[tokio::test]
async fn what_was_answered_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut scene = Scene::of(open(dir.path()));
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make("gone", "vpcId", "CreateVpc CidrBlock=10.1.0.0/16")
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$vpc CidrBlock=10.0.0.0/24",
        )
        .await;
    scene.ok("DeleteVpc VpcId=$gone").await;
    scene.ok("OTHER us-east-1: CreateInternetGateway").await;
    let before = scene.sandbox.info();
    let vpc = scene.get("vpc").to_owned();
    // Nothing is flushed: this is what is there when the process is killed.
    drop(scene);
    let mut scene = Scene::of(open(dir.path()));
    assert_eq!(scene.sandbox.info(), before);
    assert_eq!(vpcs(&scene.sandbox).await, [vpc]);
    // Indexes were made anew, and no id is made twice.
    scene.make("vpc", "vpcId", "DescribeVpcs").await;
    scene
        .refused(&[
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.0.0/25",
                "InvalidSubnet.Conflict",
            ),
            ("DeleteVpc VpcId=$vpc", "DependencyViolation"),
        ])
        .await;
    scene.ok("CreateVpc CidrBlock=10.2.0.0/16").await;
    assert_eq!(vpcs(&scene.sandbox).await.len(), 2);
    // The same from a snapshot.
    scene.sandbox.flush().unwrap();
    let before = scene.sandbox.info();
    scene.ok("CreateInternetGateway").await;
    drop(scene);
    let after = open(dir.path()).info();
    assert_eq!(after.counts["vpcs"], before.counts["vpcs"]);
    assert_eq!(after.counts["internet_gateways"], 2);
}

#[tokio::test]
async fn time_does_not_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::of(open(dir.path()));
    scene.ok("CreateVpc CidrBlock=10.0.0.0/16").await;
    // A fast clock is ahead of the next process's one by hours.
    let hours = std::time::Duration::from_hours(5);
    scene.sandbox.clock().sleep(hours).await;
    let state = async |scene: &Scene| element(&scene.ok("DescribeVpcs").await, "state").unwrap();
    assert_eq!(state(&scene).await, "available");
    let seen = scene.sandbox.clock().now_ms();
    drop(scene);
    for clock in [clock(), crate::clock::Clock::scaled(1.0)] {
        let sandbox = Sandbox::open(dir.path(), clock.clone(), Behaviour::default()).unwrap();
        assert!(clock.now_ms() >= seen);
        assert_eq!(state(&Scene::of(sandbox)).await, "available");
    }
}

#[tokio::test]
async fn a_line_cut_short_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::of(open(dir.path()));
    scene.ok("CreateVpc CidrBlock=10.0.0.0/16").await;
    let whole = fs::read(dir.path().join("world.log")).unwrap();
    scene.ok("CreateVpc CidrBlock=10.1.0.0/16").await;
    drop(scene);
    let log = dir.path().join("world.log");
    let all = fs::read(&log).unwrap();
    for keep in [whole.len(), whole.len() + 1, all.len() - 1] {
        fs::write(&log, all.get(..keep).unwrap()).unwrap();
        let sandbox = open(dir.path());
        assert_eq!(vpcs(&sandbox).await.len(), 1, "{keep} bytes");
        // The log goes on from there.
        Scene::of(sandbox)
            .ok("CreateVpc CidrBlock=10.2.0.0/16")
            .await;
        assert_eq!(vpcs(&open(dir.path())).await.len(), 2, "{keep} bytes");
    }
}

#[tokio::test]
async fn a_log_older_than_the_snapshot_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::of(open(dir.path()));
    scene.ok("CreateVpc CidrBlock=10.0.0.0/16").await;
    let log = fs::read(dir.path().join("world.log")).unwrap();
    scene.sandbox.reset().unwrap();
    drop(scene);
    // As if the process had ended between the snapshot and the new log.
    fs::write(dir.path().join("world.log"), log).unwrap();
    assert!(open(dir.path()).info().counts.is_empty());
}

#[test]
fn damage_is_told() {
    for (file, text, code, words) in [
        ("world.json", "{", codes::DAMAGED, "world.json` is damaged"),
        ("world.json", r#"{"format":2}"#, codes::NEWER, "newer smd"),
        (
            "world.log",
            "nonsense\n",
            codes::DAMAGED,
            "damaged in line 1",
        ),
        (
            "world.log",
            "{\"format\":1,\"generation\":0}\n{}\n",
            codes::DAMAGED,
            "damaged in line 2",
        ),
        (
            "world.log",
            "{\"format\":1,\"generation\":3}\n",
            codes::DAMAGED,
            "continues a snapshot that is not there",
        ),
        (
            "world.log",
            "{\"format\":1,\"generation\":0}\n{\"progress\":{\"next_id\":1,\"now_ms\":1},\"rows\":[[null,null,\"moons\",\"m-1\",null]]}\n",
            codes::NEWER,
            "newer smd",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(file), text).unwrap();
        let error = Sandbox::open(dir.path(), clock(), Behaviour::default()).unwrap_err();
        assert_eq!(error.code, code, "{text}");
        assert!(error.message.contains(words), "{}", error.message);
        assert_eq!(fs::read_to_string(dir.path().join(file)).unwrap(), text);
        assert!(Sandbox::erase(dir.path()).unwrap());
        assert!(open(dir.path()).info().counts.is_empty());
    }
}

#[test]
fn an_unusable_directory_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Sandbox::open(&file, clock(), Behaviour::default()).unwrap_err();
    assert_eq!(error.code, codes::DIRECTORY);
    assert!(error.message.contains("file`"), "{}", error.message);
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let error = Sandbox::erase(dir.path()).unwrap_err();
    assert_eq!(error.code, codes::IN_USE);
    assert_eq!(
        error.notes,
        [format!("it is process {}", std::process::id())]
    );
    drop(first);
    open(dir.path());
}

#[tokio::test]
async fn requests_without_meaning_are_refused() {
    let sandbox = sandbox();
    for (request, status, code) in [
        (
            Request::post("https://sandbox/").body(Bytes::new()),
            StatusCode::FORBIDDEN,
            "MissingAuthenticationToken",
        ),
        (
            Request::get("https://sandbox/?Action=DescribeVpcs&X-Amz-Credential=k/20270115/eu-west-1/ec2/aws4_request")
                .body(Bytes::new()),
            StatusCode::OK,
            "",
        ),
        (
            Request::get("https://sandbox/?X-Amz-Credential=k/20270115/eu-west-1/ec2/aws4_request")
                .body(Bytes::new()),
            StatusCode::BAD_REQUEST,
            "MissingAction",
        ),
        (
            Request::get("https://sandbox/?X-Amz-Credential=k/20270115/eu-west-1/braket/aws4_request")
                .body(Bytes::new()),
            StatusCode::NOT_FOUND,
            "UnknownService",
        ),
        (
            Request::get("https://sandbox/?X-Amz-Credential=k/20270115").body(Bytes::new()),
            StatusCode::FORBIDDEN,
            "MissingAuthenticationToken",
        ),
        (
            Request::post("https://sandbox/")
                .header("x-amz-target", "SageMaker.ListDomains")
                .header("authorization", "AWS4-HMAC-SHA256 Credential=k/20270115/eu-west-1/sagemaker/aws4_request")
                .body(Bytes::from("{")),
            StatusCode::BAD_REQUEST,
            "SerializationException",
        ),
    ] {
        let response = sandbox.handle(request.unwrap()).await;
        assert_eq!(response.status(), status, "{code}");
        let text = String::from_utf8(response.into_body().to_vec()).unwrap();
        assert!(text.contains(code), "{text}");
    }
}

#[tokio::test]
async fn keys_tell_the_account() {
    let sandbox = sandbox();
    for (key, account) in [
        (ACCOUNT, ACCOUNT),
        ("AKIAIOSFODNN7EXAMPLE", super::DEFAULT_ACCOUNT),
        ("test", super::DEFAULT_ACCOUNT),
    ] {
        let body = "Action=CreateInternetGateway&Version=2016-11-15".to_owned();
        let response = send(&sandbox, key, REGION, "ec2", body).await;
        let text = String::from_utf8(response.into_body().to_vec()).unwrap();
        assert_eq!(element(&text, "ownerId").unwrap(), account, "{key}");
    }
}

#[tokio::test]
async fn another_account_is_reached_by_its_role() {
    let sandbox = sandbox();
    sandbox.ensure_account(OTHER, &["ops/smd-deploy"]).unwrap();
    let config = config(&sandbox, ACCOUNT, REGION);
    let taken = aws_sdk_sts::Client::new(&config)
        .assume_role()
        .role_arn(format!("arn:aws:iam::{OTHER}:role/ops/smd-deploy"))
        .role_session_name("smd")
        .send()
        .await
        .unwrap();
    let key = taken.credentials().unwrap().access_key_id();
    let make = async |key: &str| {
        let body = "Action=CreateInternetGateway&Version=2016-11-15".to_owned();
        let response = send(&sandbox, key, REGION, "ec2", body).await;
        String::from_utf8(response.into_body().to_vec()).unwrap()
    };
    assert_eq!(element(&make(key).await, "ownerId").unwrap(), OTHER);
    sandbox
        .clock()
        .sleep(std::time::Duration::from_hours(1))
        .await;
    assert_eq!(element(&make(key).await, "Code").unwrap(), "RequestExpired");
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let error = Server::bind("0.0.0.0:0".parse().unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code, codes::NOT_LOOPBACK);
    let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let error = Server::bind(server.address()).await.unwrap_err();
    assert_eq!(error.code, codes::LISTEN);
}

#[tokio::test]
async fn a_connection_serves_several_requests_until_shutdown() {
    let sandbox = sandbox();
    Scene::of(sandbox.clone()).ok("CreateInternetGateway").await;
    let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = server.address();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(sandbox.clone(), async {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    for (request, status) in [
        ("GET /_sandbox/health HTTP/1.1\r\nhost: x\r\n\r\n", "200"),
        (
            "POST /_sandbox/reset HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
            "200",
        ),
        ("GET / HTTP/1.1\r\nhost: x\r\n\r\n", "403"),
    ] {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut buffer = vec![0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        let text = String::from_utf8_lossy(buffer.get(..read).unwrap()).into_owned();
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
    }
    assert!(sandbox.info().counts.is_empty());
    stop.send(()).unwrap();
    running.await.unwrap();
    // The idle connection was ended too.
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
