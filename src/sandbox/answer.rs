//! Writes answers and faults in the protocol of their service.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::call::Fault;
use super::dispatch::{Output, Protocol, Service};
use super::xml::Element;

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
        Protocol::RestJson => {
            json!({ "ErrorCode": fault.code, "Message": fault.message }).to_string()
        }
    };
    respond(service, fault.status, body, request_id, Some(&fault.code))
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

fn document(root: &Element) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root.write(&mut text);
    text
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
