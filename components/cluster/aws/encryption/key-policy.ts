import { policyDocument, type Statement } from "../identity/documents.ts";

/** Where a key is. */
export interface KeyPlace {
  readonly account: string;
  readonly region: string;
}

/** The account's own policies say who uses the key. */
export function policyOfSecretsKey({ account }: KeyPlace): string {
  return policyDocument(administration(account));
}

/**
 * Volumes are encrypted for whoever in the account may make them, by EC2 and EFS alone, as the keys do that AWS keeps
 * for them: it works before the service-linked role of Auto Scaling exists. CloudWatch encrypts the log groups.
 */
export function policyOfDataKey({ account, region }: KeyPlace): string {
  return policyDocument(
    administration(account),
    {
      Sid: "Volumes",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [...USE, "kms:CreateGrant"],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": account,
          "kms:ViaService": [`ec2.${region}.amazonaws.com`, `elasticfilesystem.${region}.amazonaws.com`],
        },
      },
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: USE,
      Resource: "*",
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:*` },
      },
    },
  );
}

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"] as const;

function administration(account: string): Statement {
  return {
    Sid: "Administration",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
