//! `PUT /api/csr/<client>`: what a client sends, and what it gets back.

pub(crate) mod anchors;
pub(crate) mod answers;
pub(crate) mod body;
pub(crate) mod observed;
pub(crate) mod problem;
pub(crate) mod proxy;
pub(crate) mod put_csr;
pub(crate) mod reply;
pub(crate) mod unread;
