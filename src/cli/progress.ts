import { TidemarkError } from '../core/errors';
import type { ModelNode } from '../core/models/graph';
import { LAYERS, type Layer } from '../core/models/model';
import type { WaitingNight } from '../pipeline/await-sources';
import type { ModelNote } from '../pipeline/notes';
import { count, plural, seconds } from './format';
import type { Terminal } from './terminal';
import type { WalkEvents } from './walk';

const REDRAW_MILLISECONDS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\u001b[2K';

interface LayerState {
  nodes: number;
  done: number;
  rows: number;
  reused: number;
  started: number;
}

/**
 * Tells on stderr how a night goes: a line for each layer once all its models are done, or for each model with `verbose`.
 * On a terminal one more line shows what is under way.
 */
export class Progress implements WalkEvents {
  private readonly layerOf = new Map<string, Layer>();
  private layers = new Map<Layer, LayerState>();
  private readonly underWay = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private frame = 0;
  private total = 0;
  private finished = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly verbose: boolean,
    private readonly onRunDate: (runDate: string) => void = () => undefined,
  ) {}

  planned(run: { run_id: string; run_date: string; nodes: readonly ModelNode[]; is_published: boolean }): void {
    this.onRunDate(run.run_date);
    this.layers = new Map();
    this.total = run.nodes.length;
    this.finished = 0;
    for (const node of run.nodes) {
      this.layerOf.set(node.id, node.model.layer);
      const state = this.layers.get(node.model.layer) ?? { nodes: 0, done: 0, rows: 0, reused: 0, started: 0 };
      this.layers.set(node.model.layer, { ...state, nodes: state.nodes + 1 });
    }
    if (run.is_published) return;
    this.line(this.terminal.errColors.dim(`${run.run_date}: run ${run.run_id}, ${plural(this.total, 'model')}`));
    if (!this.terminal.isLive) return;
    this.timer = setInterval(() => this.draw(), REDRAW_MILLISECONDS);
    this.timer.unref();
  }

  waiting({ run_date, stale, wait_seconds }: WaitingNight): void {
    this.line(
      `${run_date}: waiting for ${stale.join(', ')}, which ${stale.length === 1 ? 'does' : 'do'} not hold this day yet; next look in ${wait_seconds} s`,
    );
  }

  leftUndone(step: string, error: unknown): void {
    const { yellow } = this.terminal.errColors;
    const why = error instanceof TidemarkError ? error.message : 'an unexpected error';
    this.line(yellow(`${step} was left undone, the night is published: ${why}`));
  }

  modelStarted(node: string): void {
    this.underWay.add(node);
    const layer = this.layers.get(this.layerOf.get(node) as Layer);
    if (layer && layer.started === 0) layer.started = performance.now();
  }

  modelDone(note: ModelNote, wasDone: boolean): void {
    this.underWay.delete(note.node);
    this.finished += 1;
    const name = this.layerOf.get(note.node) as Layer;
    const layer = this.layers.get(name);
    if (!layer) return;
    layer.done += 1;
    layer.rows += note.rows;
    layer.reused += wasDone ? 1 : 0;
    if (this.verbose) this.line(modelLine(note, wasDone));
    else if (layer.done === layer.nodes) this.line(layerLine(name, layer));
  }

  /** Text on a line of its own, with the live line out of its way. */
  line(text: string): void {
    this.terminal.err(`${this.timer ? CLEAR_LINE : ''}${text}\n`);
  }

  /** No more models: the live line goes. */
  end(): void {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.underWay.clear();
    this.terminal.err(CLEAR_LINE);
  }

  private draw(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    const text = `${FRAMES[this.frame]} ${this.finished} of ${this.total} ${[...this.underWay].join(', ')}`;
    this.terminal.err(`${CLEAR_LINE}${text.slice(0, Math.max(10, this.terminal.errWidth - 1))}`);
  }
}

const NAME_WIDTH = Math.max(...LAYERS.map((layer) => layer.length)) + 2;

function layerLine(name: Layer, layer: LayerState): string {
  const time = seconds((performance.now() - layer.started) / 1000);
  const reused = layer.reused > 0 ? `   ${plural(layer.reused, 'model')} done before` : '';
  return `  ${name.padEnd(NAME_WIDTH)}${plural(layer.nodes, 'model').padStart(9)} ${plural(layer.rows, 'row').padStart(17)} ${time.padStart(8)}${reused}`;
}

function modelLine(note: ModelNote, wasDone: boolean): string {
  const time = wasDone ? 'done before' : `${seconds(note.seconds)}, checks ${seconds(note.check_seconds)}`;
  return `  ${note.node.padEnd(34)} ${count(note.rows).padStart(12)} rows  ${time}`;
}
