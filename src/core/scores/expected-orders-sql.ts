/** Terms of the series; more would make the expression longer than Trino's compiler is known to take. */
export const SERIES_TERMS = 64;

/** Terms a step: planners take far longer over one deep expression than over several shallow ones (measured on DuckDB). */
const TERMS_A_STEP = 8;

/** Terms from..to-1 nested around what the later ones came to, as Horner does. */
function nested(z: string, from: number, to: number, rest: string): string {
  let inner = rest;
  for (let n = to - 1; n >= from; n--) {
    const above = `${z} * (series_c + ${n}e0) * (dropout - 1e0 + ${n}e0)`;
    inner = `1e0 + ${above} / nullif((series_s - 1e0 + ${n}e0) * ${n + 1}e0, 0e0) * (${inner})`;
  }
  return inner;
}

/**
 * S = Σ t_n with t_0 = 1 and t_{n+1} = t_n · z · (c + n)(A - 1 + n) / ((s - 1 + n)(n + 1)), the series of eulerSeries in
 * core/statistics operation by operation: a SELECT of all columns of a model and the sums as `series_<name>`.
 *
 * @param names of the horizons: column `z_<name>` holds z = H / (alpha + T + H).
 */
export function seriesSelect(model: string, names: readonly string[]): string {
  const steps: string[] = [];
  for (let from = SERIES_TERMS - TERMS_A_STEP; from >= 0; from -= TERMS_A_STEP) {
    const to = from + TERMS_A_STEP;
    const sums = names.map((name) => {
      const rest = to === SERIES_TERMS ? '1e0' : `tail_${name}_${to}`;
      return `${nested(`z_${name}`, from, to, rest)} as ${from === 0 ? `series_${name}` : `tail_${name}_${from}`}`;
    });
    const source = to === SERIES_TERMS ? `{{ ref('${model}') }} as inputs` : `series_${to}`;
    const step = from === 0 ? 'final' : `series_${from}`;
    steps.push(`${step} as (\n    select *,\n        ${sums.join(',\n        ')}\n    from ${source}\n)`);
  }
  return `with\n\n${steps.join(',\n\n')}\n\nselect * from final`;
}
