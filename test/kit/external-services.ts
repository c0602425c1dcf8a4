/** Settings `services` with a database and an object store outside the cluster. */
export const EXTERNAL_SERVICES = {
  database: {
    host: "db.example.com",
    port: 3307,
    username: "kubeflow",
    password: 'a "password" of theirs',
    tls: { ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", exceptKatib: true },
    addresses: ["10.20.0.0/16"],
  },
  objectStore: {
    provider: "s3",
    bucket: "artifacts",
    region: "eu-west-1",
    accessKey: "AKIDEXAMPLE0000",
    secretKey: "s3cr3t-of-the-store",
  },
} as const;
