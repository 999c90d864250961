//! placeholder until merge
#![allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPolicy {
    min: u32,
    max: u32,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaBoundsError;
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WeakRsaKey {
    TooSmall,
}
impl std::fmt::Display for WeakRsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("weak")
    }
}
impl Default for RsaPolicy {
    fn default() -> Self {
        Self {
            min: 2048,
            max: 8192,
        }
    }
}
impl RsaPolicy {
    pub fn new(min: u32, max: u32) -> Result<Self, RsaBoundsError> {
        Ok(Self { min, max })
    }
    pub fn check(&self, modulus: &[u8], _e: &[u8]) -> Result<(), WeakRsaKey> {
        let bits = modulus.len() as u32 * 8;
        if bits < self.min || bits > self.max {
            Err(WeakRsaKey::TooSmall)
        } else {
            Ok(())
        }
    }
}
