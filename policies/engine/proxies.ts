/** The property by which the engine's proxies hand out what they stand for, unknown values as the engine's texts. */
const PROXY_TARGET = "__getSpecialProxyTarget";

/** What the proxies around a resource's properties stand for; the value itself where there are none. */
export function unproxied(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const target = properties[PROXY_TARGET];
  return target === undefined ? properties : unproxied(target as Record<string, unknown>);
}
