/** Last day on which a cloud repairs a minor version of Kubernetes, by version. */
export type SupportTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * End of the extended support of EKS. Source: https://endoflife.date/amazon-eks, of February 2026; what it does not have is
 * left out. GKE and DigitalOcean are left out: both move a cluster on by themselves before its version ends, which
 * cloud-auto-upgrade asks for.
 */
export const SUPPORTED_UNTIL: SupportTable = {
  aws: {
    "1.31": "2026-11-26",
    "1.32": "2027-03-23",
    "1.33": "2027-07-29",
    "1.34": "2027-12-02",
    "1.35": "2028-03-27",
  },
};
