//! The sandbox on a loopback port, for any AWS client.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Sandbox;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sandbox::{LISTEN, NOT_LOOPBACK};

/// No API the sandbox speaks takes more.
const BODY_LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Answers 200 for as long as the server runs.
const HEALTH_PATH: &str = "/_sandbox/health";
/// A POST empties the sandbox.
const RESET_PATH: &str = "/_sandbox/reset";

/// A port that is listened on.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on a loopback address; port 0 is any free port.
    ///
    /// # Errors
    /// If the address is not a loopback one or cannot be listened on.
    pub async fn bind(address: SocketAddr) -> Result<Self, Diagnostic> {
        if !address.ip().is_loopback() {
            return Err(Diagnostic::error(
                NOT_LOOPBACK,
                format!("`{}` is not a loopback address", address.ip()),
            )
            .help("listen on `127.0.0.1` or `::1`"));
        }
        let unable = |error| {
            Diagnostic::error(LISTEN, format!("cannot listen on `{address}`: {error}"))
                .help("choose another port, or port 0 for any free one")
        };
        let listener = TcpListener::bind(address).await.map_err(unable)?;
        let address = listener.local_addr().map_err(unable)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` is done, then ends those under way and returns.
    pub async fn run(self, sandbox: Sandbox, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(stream, sandbox.clone(), stopping.clone()));
                    }
                    // The client left before it was accepted, or descriptors are short.
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        tokio::task::yield_now().await;
                    }
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
        drop(self.listener);
        stop.send_replace(true);
        while connections.join_next().await.is_some() {}
    }
}

/// Listens on `address` and answers until `shutdown` is done; `bound` is told the address.
///
/// # Errors
/// If the address is not a loopback one or cannot be listened on.
pub async fn serve(
    sandbox: Sandbox,
    address: SocketAddr,
    bound: impl FnOnce(SocketAddr),
    shutdown: impl Future<Output = ()>,
) -> Result<(), Diagnostic> {
    let server = Server::bind(address).await?;
    bound(server.address());
    server.run(sandbox, shutdown).await;
    Ok(())
}

async fn connection(stream: TcpStream, sandbox: Sandbox, mut stopping: watch::Receiver<bool>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays delayed");
    }
    let service = service_fn(move |request| respond(sandbox.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told_to_stop(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

async fn respond(
    sandbox: Sandbox,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let plain = |status: StatusCode, text: String| {
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = status;
        Ok(response)
    };
    match (&parts.method, parts.uri.path()) {
        (&Method::GET, HEALTH_PATH) => return plain(StatusCode::OK, "ok\n".to_owned()),
        (&Method::POST, RESET_PATH) => {
            return match sandbox.reset() {
                Ok(()) => plain(StatusCode::OK, "reset\n".to_owned()),
                Err(diagnostic) => {
                    plain(StatusCode::INTERNAL_SERVER_ERROR, format!("{diagnostic}\n"))
                }
            };
        }
        _ => {}
    }
    let body = match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            return plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body cannot be read: {error}\n"),
            );
        }
    };
    let answer = sandbox.handle(Request::from_parts(parts, body)).await;
    Ok(answer.map(Full::new))
}

/// Waits until told to stop, or until whoever would tell is gone.
async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let gone = stopping.wait_for(|stop| *stop).await.is_err();
    if gone {
        tracing::debug!("the server is gone");
    }
}
