//! The one integration-test binary: a module per topic, everything through the real `smd`.

mod reference;
mod wire;
