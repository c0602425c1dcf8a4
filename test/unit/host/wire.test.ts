import fc from "fast-check";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, it } from "vitest";
import { attach, detach } from "../../../rehearsal/host/protobuf.ts";
import { ResourceReference, Secret, UNKNOWN, type Properties } from "../../../rehearsal/host/values.ts";
import { decodePlainStruct, decodeStruct, encodeStruct } from "../../../rehearsal/host/wire.ts";

const { Struct } = structProto;
const json = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "p")) as never),
);

describe("properties on the wire", () => {
  it("are read by the generated code as they were written", () => {
    fc.assert(
      fc.property(json, (object) => {
        expect(Struct.deserializeBinary(encodeStruct(object)).toJavaScript()).toEqual(object);
      }),
    );
  });

  it("are read as the generated code wrote them", () => {
    fc.assert(
      fc.property(json, (object) => {
        expect(decodePlainStruct(Struct.fromJavaScript(object).serializeBinary())).toEqual(object);
      }),
    );
  });

  it("keep secrets, unknowns and references in every place", () => {
    const properties: Properties = {
      password: new Secret("hunter2"),
      later: UNKNOWN,
      list: [new Secret({ nested: [1, null, true] }), UNKNOWN, "text"],
      other: new ResourceReference("urn:x", "id"),
      group: new ResourceReference("urn:y"),
      long: "ä".repeat(70_000),
      empty: {},
    };
    expect(decodeStruct(encodeStruct(properties))).toEqual(properties);
  });

  it("read output values: known, secret and unknown ones", () => {
    const output = { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
    const bytes = encodeStruct({
      known: { ...output, value: "v" },
      secret: { ...output, value: "s", secret: true, dependencies: ["urn:x"] },
      unknown: { ...output },
    });
    expect(decodeStruct(bytes)).toEqual({ known: "v", secret: new Secret("s"), unknown: UNKNOWN });
  });

  it("refuse assets by name", () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    expect(() => decodeStruct(encodeStruct({ file: asset }))).toThrow("does not support assets");
  });
});

describe("a sub-message", () => {
  it("is taken out of a message and put back, the rest staying readable", () => {
    const request = new resourceProto.RegisterResourceRequest();
    request.setType("a:b:C");
    request.setName("x".repeat(300));
    request.setObject(Struct.fromJavaScript({ size: 3 }));
    request.setDependenciesList(["urn:1", "urn:2"]);
    const { part, rest } = detach(request.serializeBinary(), 5);
    expect(decodeStruct(part ?? new Uint8Array())).toEqual({ size: 3 });
    const bare = resourceProto.RegisterResourceRequest.deserializeBinary(rest);
    expect(bare.hasObject()).toBe(false);
    expect(bare.getDependenciesList()).toEqual(["urn:1", "urn:2"]);
    const whole = resourceProto.RegisterResourceRequest.deserializeBinary(attach(rest, 5, encodeStruct({ size: 4 })));
    expect(whole.getObject()?.toJavaScript()).toEqual({ size: 4 });
  });

  it("may be missing", () => {
    const bytes = new resourceProto.RegisterResourceRequest().setType("a:b:C").serializeBinary();
    expect(detach(bytes, 5)).toEqual({ part: undefined, rest: bytes });
  });
});
