import fc from "fast-check";
import { expect, it } from "vitest";
import { derivePassword, PASSWORD_LENGTH } from "../../../components/settings/passwords.ts";

const secret = fc.string({ minLength: 32, maxLength: 64 });

it("derives the same password from the same secret, label and generation", () => {
  expect(derivePassword("0123456789abcdef0123456789abcdef", "minio/root")).toMatchInlineSnapshot(
    `"UIRRBO3RKeeZotEdy1N8xEkovQxgCS7k"`,
  );
});

it("derives passwords of full length that need no quoting", () => {
  fc.assert(
    fc.property(secret, fc.string(), fc.nat(), (from, label, generation) => {
      const password = derivePassword(from, label, generation);
      expect(password).toMatch(/^[A-Za-z0-9]+$/);
      expect(password).toHaveLength(PASSWORD_LENGTH);
    }),
  );
});

it("derives another password for another label or generation", () => {
  fc.assert(
    fc.property(secret, (from) => {
      const passwords = [derivePassword(from, "a"), derivePassword(from, "b"), derivePassword(from, "a", 1)];
      expect(new Set(passwords).size).toBe(3);
    }),
  );
});
