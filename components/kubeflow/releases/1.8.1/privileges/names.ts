/** The group of roles and bindings. */
export const RBAC = "rbac.authorization.k8s.io";
/** What keeps a cache of objects. */
export const READ = ["get", "list", "watch"] as const;
