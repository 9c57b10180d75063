// Looks for a number n so that SHA-256 of "puzzle:n" begins with `bits` zero bits.
// A worker of its own: the page stays quick, and leaving the page ends the work.
// One block of SHA-256 by hand, because the browser's own digest is asynchronous and, for inputs this
// short, some twenty times slower than this loop.

const primes = [];
for (let n = 2; primes.length < 64; n += 1) {
  if (primes.every((prime) => n % prime !== 0)) primes.push(n);
}
// The first 32 bits of the fractions of roots of primes (FIPS 180-4, 4.2.2 and 5.3.3).
const fraction = (x) => ((x - Math.floor(x)) * 0x100000000) | 0;
const rounds = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const start = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const words = new Int32Array(64);

/** The first word of the SHA-256 of at most 55 bytes that lie in `bytes`. */
function firstWord(bytes, length) {
  words.fill(0, 0, 16);
  for (let i = 0; i < length; i += 1) words[i >> 2] |= bytes[i] << (24 - 8 * (i & 3));
  words[length >> 2] |= 0x80 << (24 - 8 * (length & 3));
  words[15] = length * 8;
  for (let i = 16; i < 64; i += 1) {
    const a = words[i - 15];
    const b = words[i - 2];
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = start;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + rounds[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  return (a + start[0]) | 0;
}

/** The number, or null when an unlucky search has gone on for far too long. */
function solve(puzzle, bits) {
  const bytes = new Uint8Array(64);
  const head = new TextEncoder().encode(`${puzzle}:`);
  // Only the first word is looked at: enough for 32 bits, and the server takes at most 30.
  if (head.length > 35 || bits > 32) return null;
  bytes.set(head);
  const most = 2 ** Math.min(bits + 6, 40);
  for (let n = 0; n < most; n += 1) {
    const digits = String(n);
    for (let i = 0; i < digits.length; i += 1) bytes[head.length + i] = digits.charCodeAt(i);
    if (Math.clz32(firstWord(bytes, head.length + digits.length)) >= bits) return digits;
  }
  return null;
}

self.onmessage = ({ data }) => self.postMessage({ nonce: solve(data.puzzle, data.bits) });
