//! Big numbers: a thin and safe face of aws-lc's `BIGNUM`, with only what the other modules need.
#![expect(unsafe_code, reason = "calls into aws-lc; every block holds one call")]

use core::ffi::c_int;
use core::ptr::{NonNull, null, null_mut};

use aws_lc_sys as ffi;

use crate::Error;

/// A number of the library, wiped when dropped.
pub(crate) struct Bn(NonNull<ffi::BIGNUM>);

// SAFETY: a BIGNUM is plain memory without ties to a thread.
unsafe impl Send for Bn {}
// SAFETY: through a shared reference the library only reads it.
unsafe impl Sync for Bn {}

impl Drop for Bn {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library and is freed once, here.
        unsafe { ffi::BN_clear_free(self.0.as_ptr()) };
    }
}

impl Bn {
    pub(crate) fn zero() -> Result<Self, Error> {
        // SAFETY: no arguments; null on failure.
        let raw = unsafe { ffi::BN_new() };
        NonNull::new(raw).map(Self).ok_or(Error::Library)
    }

    /// From big-endian bytes. The width, and so the time of what follows, depends on their number only.
    pub(crate) fn from_be(bytes: &[u8]) -> Result<Self, Error> {
        // SAFETY: the slice is valid for its length; a null result argument makes the library allocate.
        let raw = unsafe { ffi::BN_bin2bn(bytes.as_ptr(), bytes.len(), null_mut()) };
        NonNull::new(raw).map(Self).ok_or(Error::Library)
    }

    pub(crate) fn from_u64(value: u64) -> Result<Self, Error> {
        Self::from_be(&value.to_be_bytes())
    }

    /// As exactly `N` big-endian bytes, zero-padded on the left, in a time that does not depend on the value.
    pub(crate) fn to_be<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut out = [0; N];
        // SAFETY: `out` is valid for N bytes and the number is live.
        done(unsafe { ffi::BN_bn2bin_padded(out.as_mut_ptr(), N, self.as_ptr()) })?;
        Ok(out)
    }

    pub(crate) fn as_ptr(&self) -> *const ffi::BIGNUM {
        self.0.as_ptr()
    }

    #[expect(clippy::needless_pass_by_ref_mut, reason = "the library writes through the pointer")]
    fn as_mut_ptr(&mut self) -> *mut ffi::BIGNUM {
        self.0.as_ptr()
    }

    /// Half of it, rounded down.
    pub(crate) fn half(&self) -> Result<Self, Error> {
        let mut out = Self::zero()?;
        // SAFETY: both numbers are live.
        done(unsafe { ffi::BN_rshift1(out.as_mut_ptr(), self.as_ptr()) })?;
        Ok(out)
    }

    pub(crate) fn plus(&self, other: &Self) -> Result<Self, Error> {
        let mut out = Self::zero()?;
        // SAFETY: all three numbers are live.
        done(unsafe { ffi::BN_add(out.as_mut_ptr(), self.as_ptr(), other.as_ptr()) })?;
        Ok(out)
    }

    pub(crate) fn times(&self, other: &Self) -> Result<Self, Error> {
        let mut out = Self::zero()?;
        let ctx = Ctx::new()?;
        // SAFETY: all three numbers and the scratch space are live.
        done(unsafe {
            ffi::BN_mul(out.as_mut_ptr(), self.as_ptr(), other.as_ptr(), ctx.as_ptr())
        })?;
        Ok(out)
    }

    /// `rounds` rounds of Miller-Rabin with random bases; the library makes it 16 at least.
    #[cfg(test)]
    pub(crate) fn is_prime(&self, rounds: c_int) -> Result<bool, Error> {
        let ctx = Ctx::new()?;
        let mut prime: c_int = 0;
        // SAFETY: the number and the scratch space are live, the flag is ours, and no callback is given.
        done(unsafe {
            ffi::BN_primality_test(
                &raw mut prime,
                self.as_ptr(),
                rounds,
                ctx.as_ptr(),
                1,
                null_mut(),
            )
        })?;
        Ok(prime == 1)
    }
}

/// Scratch space of the library.
struct Ctx(NonNull<ffi::BN_CTX>);

impl Ctx {
    fn new() -> Result<Self, Error> {
        // SAFETY: no arguments; null on failure.
        let raw = unsafe { ffi::BN_CTX_new() };
        NonNull::new(raw).map(Self).ok_or(Error::Library)
    }

    fn as_ptr(&self) -> *mut ffi::BN_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Ctx {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library and is freed once, here.
        unsafe { ffi::BN_CTX_free(self.0.as_ptr()) };
    }
}

/// An odd modulus with what the library wants to know of it beforehand.
pub(crate) struct Modulus {
    number: Bn,
    mont: NonNull<ffi::BN_MONT_CTX>,
}

// SAFETY: after its creation the context is only read.
unsafe impl Send for Modulus {}
// SAFETY: as above; the library documents concurrent use as safe.
unsafe impl Sync for Modulus {}

impl Drop for Modulus {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library and is freed once, here.
        unsafe { ffi::BN_MONT_CTX_free(self.mont.as_ptr()) };
    }
}

impl Modulus {
    /// `bytes` big-endian, odd and public.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, Error> {
        let number = Bn::from_be(bytes)?;
        let ctx = Ctx::new()?;
        // SAFETY: the number and the scratch space are live; null for an even modulus.
        let raw = unsafe { ffi::BN_MONT_CTX_new_for_modulus(number.as_ptr(), ctx.as_ptr()) };
        Ok(Self { mont: NonNull::new(raw).ok_or(Error::Library)?, number })
    }

    pub(crate) const fn number(&self) -> &Bn {
        &self.number
    }

    /// `base ^ exponent`, in a time that depends on the widths only. `base` has to be below the modulus.
    pub(crate) fn power(&self, base: &Bn, exponent: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        let ctx = Ctx::new()?;
        // SAFETY: all numbers, the scratch space and the context of this very modulus are live.
        done(unsafe {
            ffi::BN_mod_exp_mont_consttime(
                out.as_mut_ptr(),
                base.as_ptr(),
                exponent.as_ptr(),
                self.number.as_ptr(),
                ctx.as_ptr(),
                self.mont.as_ptr(),
            )
        })?;
        Ok(out)
    }

    /// `a * b`, in constant time. Both have to be below the modulus.
    pub(crate) fn product(&self, a: &Bn, b: &Bn) -> Result<Bn, Error> {
        // One factor is lifted and the other is not, so the product comes out plain.
        self.lifted_product(&self.lift(a)?, b)
    }

    /// `number` in the form that [`Modulus::lifted_product`] works on.
    pub(crate) fn lift(&self, number: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        let ctx = Ctx::new()?;
        // SAFETY: the numbers, the context and the scratch space are live.
        done(unsafe {
            ffi::BN_to_montgomery(
                out.as_mut_ptr(),
                number.as_ptr(),
                self.mont.as_ptr(),
                ctx.as_ptr(),
            )
        })?;
        Ok(out)
    }

    /// The number that was lifted.
    pub(crate) fn lower(&self, lifted: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        let ctx = Ctx::new()?;
        // SAFETY: the numbers, the context and the scratch space are live.
        done(unsafe {
            ffi::BN_from_montgomery(
                out.as_mut_ptr(),
                lifted.as_ptr(),
                self.mont.as_ptr(),
                ctx.as_ptr(),
            )
        })?;
        Ok(out)
    }

    /// `a * b` of lifted numbers, lifted; in constant time if both have the width of the modulus.
    pub(crate) fn lifted_product(&self, a: &Bn, b: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        let ctx = Ctx::new()?;
        // SAFETY: the numbers, the context and the scratch space are live.
        done(unsafe {
            ffi::BN_mod_mul_montgomery(
                out.as_mut_ptr(),
                a.as_ptr(),
                b.as_ptr(),
                self.mont.as_ptr(),
                ctx.as_ptr(),
            )
        })?;
        Ok(out)
    }

    /// `a + b`, in constant time. Both have to be below the modulus.
    pub(crate) fn sum(&self, a: &Bn, b: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        // SAFETY: all numbers are live and reduced.
        done(unsafe {
            ffi::BN_mod_add_quick(out.as_mut_ptr(), a.as_ptr(), b.as_ptr(), self.number.as_ptr())
        })?;
        Ok(out)
    }

    /// `a - b`, in constant time. Both have to be below the modulus.
    pub(crate) fn difference(&self, a: &Bn, b: &Bn) -> Result<Bn, Error> {
        let mut out = Bn::zero()?;
        // SAFETY: all numbers are live and reduced.
        done(unsafe {
            ffi::BN_mod_sub_quick(out.as_mut_ptr(), a.as_ptr(), b.as_ptr(), self.number.as_ptr())
        })?;
        Ok(out)
    }
}

fn done(result: c_int) -> Result<(), Error> {
    if result == 1 {
        return Ok(());
    }
    // SAFETY: no arguments. Entries of the thread's error queue would otherwise pile up.
    unsafe { ffi::ERR_clear_error() };
    Err(Error::Library)
}

/// An RSA key of the library.
pub(crate) struct Rsa(NonNull<ffi::RSA>);

// SAFETY: the library locks the parts that change (blinding) and documents concurrent use as safe.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library and is freed once, here.
        unsafe { ffi::RSA_free(self.0.as_ptr()) };
    }
}

impl Rsa {
    /// A fresh key with exponent 65537, from the library's own generator.
    pub(crate) fn generate(bits: c_int) -> Result<Self, Error> {
        // SAFETY: no arguments; null on failure.
        let raw = unsafe { ffi::RSA_new() };
        let key = NonNull::new(raw).map(Self).ok_or(Error::Library)?;
        let exponent = Bn::from_u64(65_537)?;
        // SAFETY: key and exponent are live, and no callback is given.
        done(unsafe {
            ffi::RSA_generate_key_ex(key.0.as_ptr(), bits, exponent.as_ptr(), null_mut())
        })?;
        Ok(key)
    }

    pub(crate) fn from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        // SAFETY: the slice is valid for its length; null on failure.
        Self::read(unsafe { ffi::RSA_private_key_from_bytes(der.as_ptr(), der.len()) })
    }

    pub(crate) fn public_from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        // SAFETY: the slice is valid for its length; null on failure.
        Self::read(unsafe { ffi::RSA_public_key_from_bytes(der.as_ptr(), der.len()) })
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let mut cursor = ffi::CBS { data: null(), len: 0 };
        // SAFETY: the cursor is ours, the slice outlives it.
        unsafe { ffi::CBS_init(&raw mut cursor, der.as_ptr(), der.len()) };
        // SAFETY: the cursor was set up above.
        let pkey = NonNull::new(unsafe { ffi::EVP_parse_private_key(&raw mut cursor) })
            .ok_or(Error::Key)?;
        // SAFETY: the key is live; the result holds its own reference, or is null for another kind of key.
        let raw = unsafe { ffi::EVP_PKEY_get1_RSA(pkey.as_ptr()) };
        // SAFETY: the pointer came from the library and is freed once, here.
        unsafe { ffi::EVP_PKEY_free(pkey.as_ptr()) };
        Self::read(raw)
    }

    fn read(raw: *mut ffi::RSA) -> Result<Self, Error> {
        // SAFETY: no arguments.
        unsafe { ffi::ERR_clear_error() };
        let key = NonNull::new(raw).map(Self).ok_or(Error::Key)?;
        // SAFETY: the key is live.
        done(unsafe { ffi::RSA_check_key(key.0.as_ptr()) }).map_err(|_| Error::Key)?;
        Ok(key)
    }

    /// The modulus, which has to have exactly `N` bytes.
    pub(crate) fn modulus<const N: usize>(&self) -> Result<[u8; N], Error> {
        // SAFETY: the key is live; the number belongs to it.
        self.part(unsafe { ffi::RSA_get0_n(self.0.as_ptr()) })
    }

    /// The public exponent.
    pub(crate) fn exponent(&self) -> Result<u64, Error> {
        // SAFETY: the key is live; the number belongs to it.
        self.part(unsafe { ffi::RSA_get0_e(self.0.as_ptr()) }).map(u64::from_be_bytes)
    }

    fn part<const N: usize>(&self, number: *const ffi::BIGNUM) -> Result<[u8; N], Error> {
        let mut out = [0; N];
        // SAFETY: `number` belongs to the live key in `self`; `out` is valid for N bytes.
        done(unsafe { ffi::BN_bn2bin_padded(out.as_mut_ptr(), N, number) })
            .map_err(|_| Error::Key)?;
        Ok(out)
    }

    /// The raw private operation: blinded, with CRT, in constant time. `input` has to be below the modulus.
    pub(crate) fn private<const N: usize>(&self, input: &[u8; N]) -> Result<[u8; N], Error> {
        let (mut out, mut written) = ([0; N], 0);
        // SAFETY: both arrays are valid for N bytes, the key is live.
        done(unsafe {
            ffi::RSA_decrypt(
                self.0.as_ptr(),
                &raw mut written,
                out.as_mut_ptr(),
                N,
                input.as_ptr(),
                N,
                ffi::RSA_NO_PADDING,
            )
        })?;
        if written == N { Ok(out) } else { Err(Error::Library) }
    }

    /// The raw public operation. `input` has to be below the modulus.
    pub(crate) fn public<const N: usize>(&self, input: &[u8; N]) -> Result<[u8; N], Error> {
        let (mut out, mut written) = ([0; N], 0);
        // SAFETY: both arrays are valid for N bytes, the key is live.
        done(unsafe {
            ffi::RSA_encrypt(
                self.0.as_ptr(),
                &raw mut written,
                out.as_mut_ptr(),
                N,
                input.as_ptr(),
                N,
                ffi::RSA_NO_PADDING,
            )
        })?;
        if written == N { Ok(out) } else { Err(Error::Library) }
    }

    /// PKCS#1 `RSAPrivateKey`.
    pub(crate) fn private_der(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
        let (mut data, mut len) = (null_mut(), 0);
        // SAFETY: both results are ours, the key is live.
        done(unsafe {
            ffi::RSA_private_key_to_bytes(&raw mut data, &raw mut len, self.0.as_ptr())
        })?;
        Ok(zeroize::Zeroizing::new(take(data, len)))
    }

    /// PKCS#1 `RSAPublicKey`.
    pub(crate) fn public_der(&self) -> Result<Vec<u8>, Error> {
        let (mut data, mut len) = (null_mut(), 0);
        // SAFETY: both results are ours, the key is live.
        done(unsafe {
            ffi::RSA_public_key_to_bytes(&raw mut data, &raw mut len, self.0.as_ptr())
        })?;
        Ok(take(data, len))
    }
}

/// Copies and frees a buffer that the library allocated. `OPENSSL_free` wipes it.
fn take(data: *mut u8, len: usize) -> Vec<u8> {
    // SAFETY: the library wrote `len` bytes there and gave them to us.
    let bytes = unsafe { core::slice::from_raw_parts(data, len) }.to_vec();
    // SAFETY: the buffer came from the library's allocator and is freed once, here.
    unsafe { ffi::OPENSSL_free(data.cast()) };
    bytes
}
