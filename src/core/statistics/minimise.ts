import { type PurchaseCounts, type SpendCounts, thinned } from './counts';
import { invertPositiveDefinite, solvePositiveDefinite } from './linear';

/**
 * A few unknowns (3 or 4), a smooth function with its gradient: BFGS, then Newton steps that settle the last digits.
 * Written here because the packages that minimise in JavaScript either know no second derivatives (fmin: simplex and
 * conjugate gradients, no convergence to the last digit) or bring a browser with them (optimization-js depends on jsdom).
 */
export type Objective =
  /** f(point); its gradient is written into `gradient`. May return a non-finite number: such a point is refused. */
  (point: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  point: Float64Array;
  value: number;
  /** Largest absolute component of the gradient at the point. */
  gradientSize: number;
  /** Inverse of the Hessian there, row-major; undefined where the Hessian is not positive definite. */
  inverseHessian: Float64Array | undefined;
}

/** Rows that are enough to tell which start leads to the lowest minimum, and nearly where it lies. */
const ROUGH_ROWS = 4000;

const MAX_ITERATIONS = 200;
/** A step that gains less than this share of the value gains nothing: Newton's steps finish from there. */
const LEAST_GAIN = 1e-11;
/** Objectives here are means per customer: values of order 1. */
const GRADIENT_TOLERANCE = 1e-8;
const MAX_STEP = 2;

const largest = (vector: Float64Array): number => vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] as number) * (right[index] as number);
  return sum;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, row) => dot(matrix.subarray(row * n, row * n + n), vector));
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let row = 0; row < n; row++) matrix[row * n + row] = 1;
  return matrix;
}

interface Spot {
  point: Float64Array;
  value: number;
  gradient: Float64Array;
}

function look(objective: Objective, point: Float64Array): Spot {
  const gradient = new Float64Array(point.length);
  return { point, value: objective(point, gradient), gradient };
}

/** The first point along the direction that lowers the value enough (Armijo), or undefined. */
function search(objective: Objective, from: Spot, direction: Float64Array): Spot | undefined {
  const slope = dot(from.gradient, direction);
  let length = Math.min(1, MAX_STEP / Math.max(largest(direction), 1e-300));
  for (let halvings = 0; halvings < 40; halvings++, length /= 2) {
    const to = look(
      objective,
      from.point.map((each, index) => each + length * (direction[index] as number)),
    );
    if (Number.isFinite(to.value) && to.value <= from.value + 1e-4 * length * slope) return to;
  }
  return undefined;
}

/** BFGS's update of the inverse Hessian in place, left out where the curvature along the step is not positive. */
function update(inverse: Float64Array, from: Spot, to: Spot): void {
  const n = from.point.length;
  const step = to.point.map((each, index) => each - (from.point[index] as number));
  const rise = to.gradient.map((each, index) => each - (from.gradient[index] as number));
  const curvature = dot(step, rise);
  if (!(curvature > 1e-14 * Math.sqrt(dot(step, step) * dot(rise, rise)))) return;
  const bent = times(inverse, rise);
  const scale = (1 + dot(rise, bent) / curvature) / curvature;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const both = (step[row] as number) * (bent[column] as number) + (bent[row] as number) * (step[column] as number);
      const at = row * n + column;
      inverse[at] =
        (inverse[at] as number) + scale * (step[row] as number) * (step[column] as number) - both / curvature;
    }
  }
}

function descend(objective: Objective, start: Float64Array): Spot {
  let here = look(objective, start);
  let inverse = identity(start.length);
  for (let iteration = 0; iteration < MAX_ITERATIONS && largest(here.gradient) > GRADIENT_TOLERANCE; iteration++) {
    let next = search(
      objective,
      here,
      times(inverse, here.gradient).map((each) => -each),
    );
    if (!next) {
      inverse = identity(start.length);
      next = search(
        objective,
        here,
        here.gradient.map((each) => -each),
      );
      if (!next) return here;
    }
    const gain = here.value - next.value;
    update(inverse, here, next);
    here = next;
    if (gain <= LEAST_GAIN * Math.abs(next.value)) return here;
  }
  return here;
}

/** The Hessian by central differences of the gradient, made symmetric. */
export function hessian(objective: Objective, point: Float64Array): Float64Array {
  const n = point.length;
  const matrix = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const step = 1e-4;
    const [up, down] = [step, -step].map(
      (shift) =>
        look(
          objective,
          point.map((each, index) => (index === column ? each + shift : each)),
        ).gradient,
    ) as [Float64Array, Float64Array];
    for (let row = 0; row < n; row++) {
      const slope = ((up[row] as number) - (down[row] as number)) / (2 * step);
      matrix[row * n + column] = (matrix[row * n + column] as number) + slope / 2;
      matrix[column * n + row] = (matrix[column * n + row] as number) + slope / 2;
    }
  }
  return matrix;
}

function polish(objective: Objective, from: Spot): Spot {
  let here = from;
  for (let iteration = 0; iteration < 8; iteration++) {
    const step = solvePositiveDefinite(hessian(objective, here.point), here.gradient);
    if (!step || largest(step) > MAX_STEP) return here;
    const next = look(
      objective,
      here.point.map((each, index) => each - (step[index] as number)),
    );
    if (!(largest(next.gradient) < largest(here.gradient))) return here;
    here = next;
  }
  return here;
}

function lowest(objective: Objective, starts: readonly ArrayLike<number>[]): Spot {
  let best: Spot | undefined;
  for (const start of starts) {
    const found = descend(objective, Float64Array.from(start));
    if (Number.isFinite(found.value) && (!best || found.value < best.value - 1e-12)) best = found;
  }
  if (!best) throw new RangeError('the objective is finite at no start');
  return best;
}

/**
 * The lowest of the minima reached from the given starts. Starts are tried out on a part of many rows: only what wins there
 * goes on with all of them.
 *
 * @param objectiveOf what is to be minimised, over some of the rows.
 * @throws RangeError where the objective is finite at no start: the caller must not ask.
 */
export function minimise<T extends PurchaseCounts | SpendCounts>(
  counts: T,
  objectiveOf: (counts: T) => Objective,
  starts: readonly (readonly number[])[],
): Minimum {
  const few = thinned(counts, ROUGH_ROWS);
  const objective = objectiveOf(counts);
  const tried = lowest(few === counts ? objective : objectiveOf(few), starts);
  const best = few === counts ? tried : lowest(objective, [tried.point]);
  const { point, value, gradient } = polish(objective, best);
  return {
    point,
    value,
    gradientSize: largest(gradient),
    inverseHessian: invertPositiveDefinite(hessian(objective, point), point.length),
  };
}
