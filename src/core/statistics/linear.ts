/**
 * Solves M x = v for a symmetric positive definite M (row-major, n × n) by Cholesky.
 *
 * @returns x, or undefined where M is not positive definite to working precision.
 */
export function solvePositiveDefinite(matrix: Float64Array, vector: ArrayLike<number>): Float64Array | undefined {
  const n = vector.length;
  const factor = choleskyFactor(matrix, n);
  if (!factor) return undefined;
  const solution = Float64Array.from(vector);
  for (let row = 0; row < n; row++) {
    let sum = solution[row] as number;
    for (let k = 0; k < row; k++) sum -= (factor[row * n + k] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * n + row] as number);
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = solution[row] as number;
    for (let k = row + 1; k < n; k++) sum -= (factor[k * n + row] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * n + row] as number);
  }
  return solution;
}

/** The lower triangle L of M = L Lᵀ, or undefined where a pivot falls below 1e-13 of its diagonal element. */
function choleskyFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column] as number;
      for (let k = 0; k < column; k++) {
        sum -= (factor[row * n + k] as number) * (factor[column * n + k] as number);
      }
      if (row !== column) {
        factor[row * n + column] = sum / (factor[column * n + column] as number);
        continue;
      }
      if (!(sum > 1e-13 * Math.abs(matrix[row * n + row] as number))) return undefined;
      factor[row * n + row] = Math.sqrt(sum);
    }
  }
  return factor;
}

/** The inverse of a symmetric positive definite matrix, or undefined where it has none to working precision. */
export function invertPositiveDefinite(matrix: Float64Array, n: number): Float64Array | undefined {
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const unit = new Float64Array(n);
    unit[column] = 1;
    const solved = solvePositiveDefinite(matrix, unit);
    if (!solved) return undefined;
    for (let row = 0; row < n; row++) inverse[row * n + column] = solved[row] as number;
  }
  return inverse;
}
