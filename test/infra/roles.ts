import type { Template } from 'aws-cdk-lib/assertions';
import type { PolicyStatement } from './policy-evaluator';

/** What a deployment's names come to; CloudFormation makes most of them up. */
export const OWN = {
  bucket: 'own-bucket',
  key: 'arn:aws:kms:eu-central-1:123456789012:key/own',
} as const;

interface TemplateJson {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs?: Record<string, { Value: unknown; Export?: unknown }>;
}

export interface Role {
  description: string;
  path: string;
  statements: PolicyStatement[];
}

/** The roles of a template with every reference put in, by their description. */
export function rolesOf(pipeline: Template, storage: Template): Role[] {
  const [own, other] = [pipeline.toJSON(), storage.toJSON()] as [TemplateJson, TemplateJson];
  const resolve = resolver(own, other);
  return Object.values(own.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => {
      const { Description, Path, Policies } = resolve(Properties) as {
        Description: string;
        Path: string;
        Policies: { PolicyDocument: { Statement: PolicyStatement[] } }[];
      };
      return {
        description: Description,
        path: Path,
        statements: (Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      };
    });
}

/** Puts values of CloudFormation's functions in. @throws Error for what it does not know. */
function resolver(own: TemplateJson, other: TemplateJson): (value: unknown) => unknown {
  const visit = (value: unknown, template: TemplateJson): unknown => {
    if (Array.isArray(value)) return value.map((each) => visit(each, template));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name === 'Ref') return named(argument as string, 'Ref', template);
    if (entries.length === 1 && name?.startsWith('Fn::')) {
      if (name === 'Fn::GetAtt') return named((argument as string[])[0] as string, (argument as string[])[1], template);
      if (name === 'Fn::Join') {
        const [delimiter, parts] = argument as [string, unknown[]];
        return parts.map((part) => visit(part, template)).join(delimiter);
      }
      if (name === 'Fn::GetStackOutput') {
        const { OutputName } = argument as { OutputName: string };
        return visit(other.Outputs?.[OutputName]?.Value, other);
      }
      throw new Error(`the test does not know ${name}`);
    }
    return Object.fromEntries(entries.map(([key, each]) => [key, visit(each, template)]));
  };
  return (value) => visit(value, own);
}

function named(id: string, attribute: string | undefined, template: TemplateJson): string {
  const own = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
  switch (`${template.Resources[id]?.Type}.${attribute}`) {
    case 'AWS::S3::Bucket.Ref':
      return OWN.bucket;
    case 'AWS::S3::Bucket.Arn':
      return `arn:aws:s3:::${OWN.bucket}`;
    case 'AWS::KMS::Key.Arn':
      return OWN.key;
    case 'AWS::Lambda::Function.Arn':
      return own('lambda', `function:${id}`);
    case 'AWS::Lambda::Version.Ref':
      return own('lambda', `function:${id.replace(/CurrentVersion.*/, '')}:7`);
    case 'AWS::Logs::LogGroup.Arn':
      return own('logs', `log-group:${id}:*`);
    case 'AWS::SQS::Queue.Arn':
      return own('sqs', id);
    default:
      throw new Error(`the test does not know ${attribute} of ${template.Resources[id]?.Type} ${id}`);
  }
}
