import { UserError } from "../../components/kit/errors.ts";

/** A program asks for what only the real engine does. */
export class UnsupportedError extends UserError {
  constructor(feature: string) {
    super(`the rehearsal host does not support ${feature}`, { next: "use the real engine for this program" });
    this.name = "UnsupportedError";
  }
}
