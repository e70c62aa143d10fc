/**
 * Frames to messages and back, for both subprotocols: MessagePack (binary frames) and JSON (text frames; bytes travel as base64 text).
 *
 * Law: reads all that the wire carries and writes what a client says; anything else throws. Written by hand because
 * the join page has 20 kB for all its script; its test decodes the fixtures that the server's own test wrote.
 */

export const SUBPROTOCOLS = ["townsquare.v1.msgpack", "townsquare.v1.json"];

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true });

/** Which fields of a message are bytes: JSON alone cannot tell. @type {Record<string, string[]>} */
const BYTES = { nodes: ["changed", "states"] };

/** @param {string} protocol @param {object} message @returns {string | Uint8Array<ArrayBuffer>} */
export const encode = (protocol, message) => (protocol.endsWith(".json") ? JSON.stringify(message) : pack(message));

/** @param {string | ArrayBuffer} frame @returns {any} */
export const decode = (frame) => (typeof frame === "string" ? fromJson(frame) : unpack(new Uint8Array(frame)));

/** @param {string} frame */
function fromJson(frame) {
  const message = JSON.parse(frame);
  for (const field of BYTES[message.t] ?? []) message[field] = Uint8Array.from(atob(message[field]), (c) => c.charCodeAt(0));
  return message;
}

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
