//! The sandbox's STS: who am I, and assume-role into another account.
