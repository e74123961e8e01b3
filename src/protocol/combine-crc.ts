/** Checksums of parts that can be made into the checksum of the whole. */
export type CrcAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME';

/**
 * The CRC of two runs of bytes, one after the other, from their CRCs and the second's `length2` in bytes.
 * All CRCs are big-endian bytes, as S3 writes them.
 */
export function combineCrc(
  algorithm: CrcAlgorithm,
  crc1: Uint8Array,
  crc2: Uint8Array,
  length2: number,
): Uint8Array {
  if (shift.algorithm !== algorithm || shift.length !== length2) {
    shift = { algorithm, length: length2, factor: powerOfX(algorithm, length2) };
  }
  let crc = multiply(algorithm, shift.factor, toBigInt(crc1)) ^ toBigInt(crc2);
  const bytes = new Uint8Array(crc2.length);
  for (let i = bytes.length; i--; crc >>= 8n) bytes[i] = Number(crc & 255n);
  return bytes;
}

/** Polynomials and CRCs have their bits reflected: the highest bit is x^0. */
const polynomials: Readonly<Record<CrcAlgorithm, bigint>> = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
};

/** The last factor computed: the parts of an upload are of one size but for the last. */
let shift = { algorithm: '', length: 0, factor: 0n };

/** x^(8 · bytes) modulo the polynomial: what moving a CRC left by so many bytes multiplies it with. */
function powerOfX(algorithm: CrcAlgorithm, bytes: number): bigint {
  let power = one(algorithm);
  let square = power >> 8n;
  for (let n = bytes; n > 0; n = Math.floor(n / 2)) {
    if (n % 2) power = multiply(algorithm, power, square);
    square = multiply(algorithm, square, square);
  }
  return power;
}

function multiply(algorithm: CrcAlgorithm, a: bigint, b: bigint): bigint {
  const polynomial = polynomials[algorithm];
  let product = 0n;
  for (let bit = one(algorithm); bit; bit >>= 1n) {
    if (a & bit) product ^= b;
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n;
  }
  return product;
}

function one(algorithm: CrcAlgorithm): bigint {
  return algorithm === 'CRC64NVME' ? 1n << 63n : 1n << 31n;
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
