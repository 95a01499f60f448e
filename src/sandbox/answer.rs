//! Writes answers and faults in the protocol of their service.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use super::call::Fault;
use super::dispatch::{Output, Protocol, Service};
use super::time;
use super::xml::{Element, document};

/// Writes a good answer.
#[must_use]
pub fn good(
    service: Service,
    operation: &str,
    output: Output,
    status: u16,
    request_id: &str,
) -> Response<Bytes> {
    let body = match output {
        Output::Xml(children) => xml(service, operation, children, request_id),
        // EFS operations without output answer 204 and nothing.
        Output::Json(_) if status == StatusCode::NO_CONTENT.as_u16() => String::new(),
        Output::Json(value) => value.to_string(),
        Output::Whole(reply) => {
            let mut response = Response::new(reply.body);
            *response.status_mut() = reply.status;
            response.headers_mut().extend(reply.headers);
            return response;
        }
    };
    respond(service, status, body, request_id, None)
}

/// Writes a fault.
#[must_use]
pub fn fault(service: Service, fault: &Fault, request_id: &str) -> Response<Bytes> {
    let code = Element::text("Code", &fault.code);
    let message = Element::text("Message", &fault.message);
    let body = match service.protocol() {
        Protocol::Ec2 => document(&Element::parent(
            "Response",
            vec![
                Element::parent(
                    "Errors",
                    vec![Element::parent("Error", vec![code, message])],
                ),
                Element::text("RequestID", request_id),
            ],
        )),
        Protocol::Query => {
            let kind = if fault.status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
                "Receiver"
            } else {
                "Sender"
            };
            document(&Element::parent(
                format!("ErrorResponse xmlns=\"{}\"", service.namespace()),
                vec![
                    Element::parent("Error", vec![Element::text("Type", kind), code, message]),
                    Element::text("RequestId", request_id),
                ],
            ))
        }
        Protocol::Json => json!({ "__type": fault.code, "message": fault.message }).to_string(),
        Protocol::RestXml => document(&Element::parent(
            "Error",
            vec![code, message, Element::text("RequestId", request_id)],
        )),
        Protocol::RestJson => {
            json!({ "ErrorCode": fault.code, "Message": fault.message }).to_string()
        }
    };
    respond(service, fault.status, body, request_id, Some(&fault.code))
}

/// What every answer of a service has: S3's carry the time, and those to HEAD no body.
#[must_use]
pub fn finish(
    mut response: Response<Bytes>,
    service: Service,
    method: &Method,
    now_ms: u64,
) -> Response<Bytes> {
    if service != Service::S3 {
        return response;
    }
    if let Ok(date) = HeaderValue::from_str(&time::http_date(now_ms)) {
        response.headers_mut().insert(header::DATE, date);
    }
    if method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    response
}

fn xml(service: Service, operation: &str, children: Vec<Element>, request_id: &str) -> String {
    let name = format!("{operation}Response xmlns=\"{}\"", service.namespace());
    let children = match service.protocol() {
        Protocol::Ec2 => std::iter::once(Element::text("requestId", request_id))
            .chain(children)
            .collect(),
        _ => vec![
            Element::parent(format!("{operation}Result"), children),
            Element::parent(
                "ResponseMetadata",
                vec![Element::text("RequestId", request_id)],
            ),
        ],
    };
    document(&Element::parent(name, children))
}

fn respond(
    service: Service,
    status: u16,
    body: String,
    request_id: &str,
    error_type: Option<&str>,
) -> Response<Bytes> {
    let content_type = match service.protocol() {
        Protocol::Ec2 | Protocol::Query => "text/xml;charset=UTF-8",
        Protocol::RestXml => "application/xml",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", value);
    }
    if let (Some(code), Protocol::Json | Protocol::RestJson) = (error_type, service.protocol())
        && let Ok(value) = HeaderValue::from_str(code)
    {
        headers.insert("x-amzn-errortype", value);
    }
    response
}
