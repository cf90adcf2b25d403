//! A provider on loopback: server, local cloud, software keys; never linked into the app.
