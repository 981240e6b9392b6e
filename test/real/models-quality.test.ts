import { judgeSplit } from '../../bench/models/judge';
import type { Windows } from '../../bench/models/scores';
import { BenchShop, type Snapshot } from '../../bench/models/shop';
import { SPLITS, type Split } from '../../bench/models/splits';
import { describeReal } from './raw-shops';

/** How far below tuned boosted trees on the same rows an AUC may be. */
const LEAST_BELOW_TREES = 0.005;

const shops = new Map<string, BenchShop>();
afterAll(async () => {
  for (const shop of shops.values()) await shop.close();
});

async function windowsOf(split: Split): Promise<Windows> {
  const shop = shops.get(split.example) ?? (await BenchShop.open(split.example));
  shops.set(split.example, shop);
  const test = await shop.snapshot(split.test, split.horizonDays);
  const training: Snapshot[] = [];
  for (const asOf of split.training) training.push(await shop.snapshot(asOf, split.horizonDays));
  return { split, test, training };
}

describeReal('models of churn on public shops, out of time', () => {
  test.each(SPLITS.map((split) => [split.name, split] as const))(
    '%s: something scores, ranks as trees do and better than every baseline',
    async (_, split) => {
      const { scores, gate } = judgeSplit(await windowsOf(split));
      const ours = scores.find(({ name }) => name === gate.model);
      if (!ours) throw new Error(`nothing scores: ${gate.abstain}`);
      const auc = ours.judgement.auc as number;
      expect(auc).toBeGreaterThan((split.boosted?.auc as number) - LEAST_BELOW_TREES);
      for (const baseline of scores.filter(({ isCandidate }) => !isCandidate)) {
        expect([baseline.name, auc > (baseline.judgement.auc as number)]).toEqual([baseline.name, true]);
      }
    },
    120_000,
  );
});
