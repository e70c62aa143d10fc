/**
 * Frames to messages and back, for both subprotocols: MessagePack (binary frames) and JSON (text frames; bytes travel as base64 text).
 *
 * Law: total over what the wire carries (nil, bool, numbers, text, bytes, arrays, maps), and a frame that is none of these throws. Written by hand because
 * the join page has 20 kB for all its script; its test decodes the fixtures that the server's own test wrote.
 */

export const SUBPROTOCOLS = ["townsquare.v1.msgpack", "townsquare.v1.json"];

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true });

/** Which fields of a message are bytes: JSON alone cannot tell. */
const BYTES = /** @type {Record<string, string[]>} */ ({ nodes: ["changed", "states"] });

/** @param {string} protocol @param {object} message @returns {string | Uint8Array} */
export const encode = (protocol, message) => (protocol.endsWith(".json") ? JSON.stringify(message) : pack(message));

/** @param {string | ArrayBuffer} frame @returns {any} */
export const decode = (frame) => (typeof frame === "string" ? fromJson(frame) : unpack(new Uint8Array(frame)));

/** @param {string} frame */
function fromJson(frame) {
  const message = JSON.parse(frame);
  for (const field of BYTES[message.t] ?? []) message[field] = Uint8Array.from(atob(message[field]), (c) => c.charCodeAt(0));
  return message;
}

/** @param {unknown} value @returns {Uint8Array} */
export function pack(value) {
  /** @type {number[]} */
  const out = [];
  write(out, value);
  return Uint8Array.from(out);
}

/** @param {number[]} out @param {number} value @param {number} bytes */
function uint(out, value, bytes) {
  for (let shift = bytes - 1; shift >= 0; shift--) out.push(Math.floor(value / 256 ** shift) & 255);
}

/** @param {number[]} out @param {number} length @param {[number, number, number, number]} heads fixed head, its limit, 16-bit head, 32-bit head */
function head(out, length, [fixed, limit, medium, large]) {
  if (length < limit) out.push(fixed | length);
  else if (length < 0x10000) out.push(medium), uint(out, length, 2);
  else out.push(large), uint(out, length, 4);
}

/** @param {number[]} out @param {number} value */
function writeNumber(out, value) {
  if (Number.isSafeInteger(value)) {
    if (value >= 0 && value < 0x80) out.push(value);
    else if (value < 0 && value >= -0x20) out.push(value & 255);
    else if (value >= 0 && value < 2 ** 32) out.push(0xce), uint(out, value, 4);
    else out.push(0xd3), out.push(...new Uint8Array(new BigInt64Array([BigInt(value)]).buffer).reverse());
  } else {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    out.push(0xcb, ...new Uint8Array(view.buffer));
  }
}

/** @param {number[]} out @param {unknown} value */
function write(out, value) {
  if (value === null || value === undefined) out.push(0xc0);
  else if (typeof value === "boolean") out.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") writeNumber(out, value);
  else if (typeof value === "string") {
    const bytes = utf8.encode(value);
    head(out, bytes.length, [0xa0, 32, 0xda, 0xdb]);
    out.push(...bytes);
  } else if (value instanceof Uint8Array) {
    out.push(0xc6), uint(out, value.length, 4), out.push(...value);
  } else if (Array.isArray(value)) {
    head(out, value.length, [0x90, 16, 0xdc, 0xdd]);
    for (const item of value) write(out, item);
  } else {
    const entries = Object.entries(/** @type {object} */ (value));
    head(out, entries.length, [0x80, 16, 0xde, 0xdf]);
    for (const [key, item] of entries) write(out, key), write(out, item);
  }
}

/** @param {Uint8Array} bytes @returns {any} */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  /** @param {number} size */
  const skip = (size) => {
    at += size;
    if (at > bytes.length) throw new Error(`frame of ${bytes.length} bytes ends within a value`);
    return at - size;
  };
  /** @param {number} size a length field's */
  const count = (size) => (size === 1 ? view.getUint8(skip(1)) : size === 2 ? view.getUint16(skip(2)) : view.getUint32(skip(4)));
  /** @param {number} length */
  const slice = (length) => bytes.subarray(skip(length), at);
  /** @param {number} length */
  const list = (length) => Array.from({ length }, read);
  /** @param {number} length */
  const map = (length) => {
    /** @type {Record<string, unknown>} */
    const result = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = read();
      result[key] = read();
    }
    return result;
  };

  /** @returns {any} */
  function read() {
    const byte = view.getUint8(skip(1));
    if (byte < 0x80) return byte;
    if (byte < 0x90) return map(byte & 15);
    if (byte < 0xa0) return list(byte & 15);
    if (byte < 0xc0) return text.decode(slice(byte & 31));
    if (byte >= 0xe0) return byte - 256;
    switch (byte) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return slice(count(2 ** (byte - 0xc4)));
      case 0xca: return view.getFloat32(skip(4));
      case 0xcb: return view.getFloat64(skip(8));
      case 0xcc: case 0xcd: case 0xce: return count(2 ** (byte - 0xcc));
      case 0xcf: return Number(view.getBigUint64(skip(8)));
      case 0xd0: return view.getInt8(skip(1));
      case 0xd1: return view.getInt16(skip(2));
      case 0xd2: return view.getInt32(skip(4));
      case 0xd3: return Number(view.getBigInt64(skip(8)));
      case 0xd9: case 0xda: case 0xdb: return text.decode(slice(count(2 ** (byte - 0xd9))));
      case 0xdc: case 0xdd: return list(count(2 ** (byte - 0xdb)));
      case 0xde: case 0xdf: return map(count(2 ** (byte - 0xdd)));
      default: throw new Error(`byte 0x${byte.toString(16)} is not used by this wire`);
    }
  }

  const value = read();
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes follow the message`);
  return value;
}
