pub use libsfu_sys as sys;
