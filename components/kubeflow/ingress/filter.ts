import type { KubernetesObject } from "../../kit/objects.ts";
import type { Entrance } from "./entrance.ts";
import type { EntranceNames } from "./names.ts";

/**
 * Applied after authn-filter (0), and inserted first: so it runs before anything asks who the caller is. Envoy asks
 * external authorization about redirected requests too, which would begin a sign-on in plain HTTP (istio/istio#36498).
 */
const AFTER_AUTHENTICATION_FILTER = 10;

/** The filter at the head of the ingress gateway's chain: HTTPS only, no claimed identity, no cookie in the clear. */
export function entranceFilter(
  entrance: Entrance,
  hstsSeconds: number,
  { ingressNamespace, ingressLabels }: EntranceNames,
): KubernetesObject {
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "entrance", namespace: ingressNamespace },
    spec: {
      priority: AFTER_AUTHENTICATION_FILTER,
      workloadSelector: { labels: { istio: ingressLabels.istio } },
      configPatches: [
        {
          applyTo: "HTTP_FILTER",
          match: {
            context: "GATEWAY",
            listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
          },
          patch: {
            operation: "INSERT_FIRST",
            value: {
              name: "envoy.filters.http.lua",
              typed_config: {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
                inlineCode: entranceScript(entrance, hstsSeconds),
              },
            },
          },
        },
      ],
    },
  };
}

/** Who is asking, as every application believes it; only the sign-on behind this filter may say so. */
const IDENTITY_HEADERS = ["kubeflow-userid", "kubeflow-groups"];

/**
 * Names that reach an application as these headers: WSGI servers read an underscore as a hyphen (CVE-2015-0219; gunicorn
 * before 22, which the web applications run on, joins the values of both).
 */
const CLAIMS = IDENTITY_HEADERS.flatMap((name) => [name, name.replaceAll("-", "_")]);

/**
 * Lua for Envoy 1.25. Responses to unauthenticated requests come from the filters themselves, which route headers do
 * not reach but this does. The session's cookie stays readable for the dashboard, which signs out with it; the
 * authservice gives neither of its cookies the attribute Secure. A redirect leads to a name that the certificate is for,
 * whatever name was asked for.
 */
export function entranceScript({ host, challengePath }: Entrance, hstsSeconds: number): string {
  const challenge =
    challengePath === undefined
      ? []
      : [`  if path:sub(1, ${challengePath.length}) == ${JSON.stringify(challengePath)} then return end`];
  const hsts = hstsSeconds === 0 ? [] : [`  headers:replace("strict-transport-security", "max-age=${hstsSeconds}")`];
  return [
    `local HOST = ${JSON.stringify(host)}`,
    "",
    "local function is_plain(handle)",
    "  return handle:streamInfo():downstreamSslConnection() == nil",
    "end",
    "",
    "local function certified(authority)",
    '  local name = string.lower(authority):gsub(":%d*$", "")',
    '  local is_below = name:sub(-#HOST - 1) == "." .. HOST and not name:find("[^%w.-]")',
    "  return is_below and name or HOST",
    "end",
    "",
    "local function has(cookie, attribute)",
    '  return string.find(string.lower(cookie) .. ";", ";%s*" .. attribute .. "%s*[;=]") ~= nil',
    "end",
    "",
    "function envoy_on_request(handle)",
    "  local headers = handle:headers()",
    ...CLAIMS.map((name) => `  headers:remove(${JSON.stringify(name)})`),
    "  if not is_plain(handle) then return end",
    '  local path = headers:get(":path") or "/"',
    ...challenge,
    '  local host = certified(headers:get(":authority") or "")',
    '  handle:respond({[":status"] = "308", ["location"] = "https://" .. host .. path}, "")',
    "end",
    "",
    "function envoy_on_response(handle)",
    "  if is_plain(handle) then return end",
    "  local headers = handle:headers()",
    ...hsts,
    "  local cookies = {}",
    '  for index = 0, headers:getNumValues("set-cookie") - 1 do',
    '    cookies[#cookies + 1] = headers:getAtIndex("set-cookie", index)',
    "  end",
    '  headers:remove("set-cookie")',
    "  for _, cookie in ipairs(cookies) do",
    '    if not has(cookie, "secure") then cookie = cookie .. "; Secure" end',
    '    if cookie:find("^oidc_state_csrf=") and not has(cookie, "httponly") then cookie = cookie .. "; HttpOnly" end',
    '    if not has(cookie, "samesite") then cookie = cookie .. "; SameSite=Lax" end',
    '    headers:add("set-cookie", cookie)',
    "  end",
    "end",
    "",
  ].join("\n");
}
