import type { JsonPatch } from "./json-patch.ts";

/** `admission.k8s.io/v1` or `v1beta1`: the fields used here are the same in both. */
export interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: "AdmissionReview";
  readonly request: { readonly uid: string; readonly namespace?: string; readonly object?: unknown };
}

/** `apiextensions.k8s.io/v1` or `v1beta1`. */
export interface ConversionReview {
  readonly apiVersion: string;
  readonly kind: "ConversionReview";
  readonly request: {
    readonly uid: string;
    readonly desiredAPIVersion: string;
    readonly objects: readonly Readonly<Record<string, unknown>>[];
  };
}

export type Verdict =
  { readonly allowed: true; readonly patch?: JsonPatch } | { readonly allowed: false; readonly message: string };

/** The review as the API server wants it back, in the version it asked in. */
export function admit({ apiVersion, kind, request }: AdmissionReview, verdict: Verdict) {
  const { uid } = request;
  if (!verdict.allowed) {
    return { apiVersion, kind, response: { uid, allowed: false, status: { message: verdict.message } } };
  }
  if (verdict.patch === undefined || verdict.patch.length === 0) {
    return { apiVersion, kind, response: { uid, allowed: true } };
  }
  const patch = Buffer.from(JSON.stringify(verdict.patch)).toString("base64");
  return { apiVersion, kind, response: { uid, allowed: true, patchType: "JSONPatch", patch } };
}

/**
 * Converts by naming the version only: none of the release's kinds that are converted differ in more than that here.
 */
export function convert({ apiVersion, kind, request }: ConversionReview) {
  const { uid, desiredAPIVersion, objects } = request;
  const convertedObjects = objects.map((object) => ({ ...object, apiVersion: desiredAPIVersion }));
  return { apiVersion, kind, response: { uid, convertedObjects, result: { status: "Success" } } };
}
