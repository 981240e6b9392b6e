import { invalid } from './errors';

export interface WorkgroupOptions {
  /** EnforceWorkGroupConfiguration: the client's own settings are ignored. */
  enforced?: boolean;
  outputLocation?: string;
  bytesScannedCutoffPerQuery?: number;
  /** Results are encrypted by this key. */
  kmsKey?: string;
  state?: 'ENABLED' | 'DISABLED';
  /** The effective one; 3 where left out. */
  engineVersion?: number;
}

export interface Workgroup extends WorkgroupOptions {
  name: string;
}

/** The workgroups of one account. */
export class Workgroups {
  readonly #created = Date.now() / 1000;
  constructor(private readonly groups: Readonly<Record<string, WorkgroupOptions>>) {}

  /** @throws WireError for an unknown name. */
  get(name = 'primary'): Workgroup {
    const found = this.groups[name];
    if (!found) throw invalid('WorkGroup is not found.');
    return { name, ...found };
  }

  /** As GetWorkGroup tells it. */
  describe(name: string): Record<string, unknown> {
    const { enforced, outputLocation, bytesScannedCutoffPerQuery, kmsKey, state, engineVersion = 3 } = this.get(name);
    const encryption = kmsKey && { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: kmsKey } };
    const version = { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: `Athena engine version ${engineVersion}` };
    return {
      Name: name,
      State: state ?? 'ENABLED',
      CreationTime: this.#created,
      Configuration: {
        EnforceWorkGroupConfiguration: enforced ?? false,
        PublishCloudWatchMetricsEnabled: false,
        RequesterPaysEnabled: false,
        EngineVersion: version,
        ResultConfiguration: { ...(outputLocation && { OutputLocation: outputLocation }), ...encryption },
        ...(bytesScannedCutoffPerQuery && { BytesScannedCutoffPerQuery: bytesScannedCutoffPerQuery }),
      },
    };
  }
}
