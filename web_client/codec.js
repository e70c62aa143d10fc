/**
 * Frames to messages and back, in MessagePack.
 *
 * Law: reads all that the wire carries and writes what a client says; anything else throws. By hand, because the join page has 20 kB for all its script.
 */

export const SUBPROTOCOL = "townsquare.v1.msgpack";

const utf8 = new TextEncoder();
const utf8Text = new TextDecoder("utf-8", { fatal: true });

/** What a client says: a map of null, booleans, whole numbers and texts. @param {object} message */
export function pack(message) {
  const entries = Object.entries(message);
  const out = [0x80 | entries.length];
  for (const [key, value] of entries) write(out, key), write(out, value);
  return Uint8Array.from(out);
}

/** @param {number[]} out @param {unknown} value */
function write(out, value) {
  if (value == null) out.push(0xc0);
  else if (typeof value === "boolean") out.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "string") {
    const bytes = utf8.encode(value);
    out.push(0xda, bytes.length >> 8, bytes.length & 255, ...bytes);
  } else if (Number.isSafeInteger(value)) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, BigInt(/** @type {number} */ (value)));
    out.push(0xd3, ...new Uint8Array(view.buffer));
  } else throw new TypeError(`a client does not send ${typeof value} ${value}`);
}

const NUMBERS = /** @type {const} */ (["Uint8", "Uint16", "Uint32", "BigUint64", "Int8", "Int16", "Int32", "BigInt64"]);

/** @param {Uint8Array} bytes @returns {any} */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  /** @param {number} size @returns {number} where those bytes begin */
  const skip = (size) => {
    at += size;
    if (at > bytes.length) throw new RangeError(`a frame of ${bytes.length} bytes ends within a value`);
    return at - size;
  };
  /** @param {number} kind index into NUMBERS */
  const number = (kind) => Number(view[`get${NUMBERS[kind]}`](skip(2 ** (kind & 3))));
  /** @param {number} length */
  const slice = (length) => bytes.subarray(skip(length), at);
  /** @param {number} length */
  const list = (length) => Array.from({ length }, read);
  /** @param {number} length */
  const map = (length) => Object.fromEntries(Array.from({ length }, () => [read(), read()]));

  /** @returns {any} */
  function read() {
    const byte = view.getUint8(skip(1));
    if (byte < 0x80) return byte;
    if (byte < 0x90) return map(byte & 15);
    if (byte < 0xa0) return list(byte & 15);
    if (byte < 0xc0) return utf8Text.decode(slice(byte & 31));
    if (byte >= 0xe0) return byte - 256;
    if (byte === 0xc0) return null;
    if (byte === 0xc2 || byte === 0xc3) return byte === 0xc3;
    if (byte >= 0xc4 && byte <= 0xc6) return slice(number(byte - 0xc4));
    if (byte === 0xca) return view.getFloat32(skip(4));
    if (byte === 0xcb) return view.getFloat64(skip(8));
    if (byte >= 0xcc && byte <= 0xd3) return number(byte - 0xcc);
    if (byte >= 0xd9 && byte <= 0xdb) return utf8Text.decode(slice(number(byte - 0xd9)));
    if (byte >= 0xdc && byte <= 0xdd) return list(number(byte - 0xdb));
    if (byte >= 0xde) return map(number(byte - 0xdd));
    throw new RangeError(`byte ${byte} has no place on this wire`);
  }

  const value = read();
  if (at !== bytes.length) throw new RangeError(`${bytes.length - at} bytes follow the message`);
  return value;
}
