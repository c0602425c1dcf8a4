import { BackwardWriter, BYTES, FIXED64, Reader, VARINT } from "./protobuf.ts";
import { express, interpret, UNKNOWN_SENTINEL } from "./signatures.ts";
import { UNKNOWN, isList, isMap, type Properties, type Value } from "./values.ts";

/*
 * google.protobuf.Struct, read and written directly. The generated stubs build one message object a value, which for a
 * release with its 77 CustomResourceDefinitions costs about 1.4 s in each direction; this takes some hundredths.
 */

/** What decoded objects and texts stand for. */
interface Reading {
  readonly object: (object: Properties) => Value;
  readonly text: (text: string) => Value;
}

const INTERPRETED: Reading = { object: interpret, text: (text) => (text === UNKNOWN_SENTINEL ? UNKNOWN : text) };
const PLAIN: Reading = { object: (object) => object, text: (text) => text };

/** The properties in the bytes of a google.protobuf.Struct, signatures interpreted. */
export function decodeStruct(bytes: Uint8Array): Properties {
  return decode(bytes, INTERPRETED);
}

/** The same with signatures left as they are. */
export function decodePlainStruct(bytes: Uint8Array): Properties {
  return decode(bytes, PLAIN);
}

function decode(bytes: Uint8Array, reading: Reading): Properties {
  const value = readStruct(new Reader(bytes), bytes.length, reading);
  if (!isMap(value)) throw new Error("expected an object of properties");
  return value;
}

/** The bytes of a google.protobuf.Struct that hold the properties, wrappers expressed by signatures. */
export function encodeStruct(properties: Properties): Uint8Array {
  const writer = new BackwardWriter();
  writeStruct(writer, properties);
  return writer.finish();
}

function readStruct(reader: Reader, end: number, reading: Reading): Value {
  const object: Record<string, Value> = {};
  while (reader.position < end) {
    reader.varint();
    const entryEnd = reader.end();
    let key = "";
    let value: Value = null;
    while (reader.position < entryEnd) {
      if (reader.varint() >>> 3 === 1) key = reader.string();
      else value = readValue(reader, reader.end(), reading);
    }
    object[key] = value;
  }
  return reading.object(object);
}

function readValue(reader: Reader, end: number, reading: Reading): Value {
  let value: Value = null;
  while (reader.position < end) {
    const tag = reader.varint();
    switch (tag >>> 3) {
      case 2:
        value = reader.double();
        break;
      case 3:
        value = reading.text(reader.string());
        break;
      case 4:
        value = reader.varint() !== 0;
        break;
      case 5:
        value = readStruct(reader, reader.end(), reading);
        break;
      case 6:
        value = readList(reader, reader.end(), reading);
        break;
      default:
        reader.skip(tag & 7);
        value = null;
    }
  }
  return value;
}

function readList(reader: Reader, end: number, reading: Reading): Value[] {
  const list: Value[] = [];
  while (reader.position < end) {
    reader.varint();
    list.push(readValue(reader, reader.end(), reading));
  }
  return list;
}

function writeStruct(writer: BackwardWriter, object: Properties): void {
  const keys = Object.keys(object);
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    const value = object[key];
    if (value === undefined) continue;
    const end = writer.size;
    writeSized(writer, 2, () => writeValue(writer, value));
    writer.string(key);
    writer.varint((1 << 3) | BYTES);
    writer.varint(writer.size - end);
    writer.varint((1 << 3) | BYTES);
  }
}

function writeValue(writer: BackwardWriter, value: Value): void {
  const plain = express(value);
  if (typeof plain === "string") {
    writer.string(plain);
    writer.varint((3 << 3) | BYTES);
  } else if (typeof plain === "number") {
    writer.double(plain);
    writer.varint((2 << 3) | FIXED64);
  } else if (typeof plain === "boolean") {
    writer.varint(plain ? 1 : 0);
    writer.varint((4 << 3) | VARINT);
  } else if (isList(plain)) {
    writeSized(writer, 6, () => {
      for (let index = plain.length - 1; index >= 0; index--) {
        writeSized(writer, 1, () => writeValue(writer, plain[index] ?? null));
      }
    });
  } else if (isMap(plain)) {
    writeSized(writer, 5, () => writeStruct(writer, plain));
  } else {
    writer.varint(0);
    writer.varint((1 << 3) | VARINT);
  }
}

function writeSized(writer: BackwardWriter, field: number, write: () => void): void {
  const end = writer.size;
  write();
  writer.varint(writer.size - end);
  writer.varint((field << 3) | BYTES);
}
