import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Calibration, Rates } from '../ir/roofline.ts';
import { mapRecord } from '../lib/record.ts';
import { memoryEnvironment } from '../runtime/node/memory.ts';
import { median, ours, type SuiteOptions } from './measure.ts';
import { benchModels } from './models.ts';

/** What was predicted of one model, and what was counted or measured. */
export interface EstimateCase {
  readonly name: string;
  readonly threads: number;
  /** Predicted / counted by PyTorch (fixtures/step_flops.json): products and convolutions alone. */
  readonly flops: number | null;
  /** Predicted / what the process grew by. */
  readonly memory: number;
  readonly measuredMB: number;
  /** Predicted / the least time of a step, and / the median. */
  readonly least: number;
  readonly median: number;
  readonly predictedMs: number;
  readonly leastMs: number;
  readonly medianMs: number;
}

interface Answer {
  readonly flops: number;
  readonly memory: number;
  readonly ms: readonly number[];
  readonly predictedMs: number;
  readonly measuredBytes: number;
}

const counted = (
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'step_flops.json'), 'utf8')) as {
    flops: Record<string, number>;
  }
).flops;

const rounded = (value: number): number => Number(value.toPrecision(3));

/** The faster of two measurements, number by number: what else the machine does only slows down. */
function fastest(a: Calibration, b: Calibration): Calibration {
  return {
    ...a,
    rates: mapRecord(
      a.rates,
      (rates, work): Rates =>
        rates.map(({ at, perSecond }, i) => ({ at, perSecond: Math.max(perSecond, b.rates[work][i]!.perSecond) })),
    ),
    operation: Math.min(a.operation, b.operation),
    run: Math.min(a.run, b.run),
    carried: Math.max(a.carried, b.carried),
  };
}

/** Predicted against counted and measured: the device is calibrated, then each model runs in a process of its own. */
export async function estimateCases({ only, rounds, say }: SuiteOptions): Promise<EstimateCase[]> {
  const cases: EstimateCase[] = [];
  for (const threads of new Set([1, Math.min(2, availableParallelism())])) {
    const wanted = benchModels.filter(
      ({ name }) => !only || `${name} ${threads}`.toLowerCase().includes(only.toLowerCase()),
    );
    if (wanted.length === 0) continue;
    let calibration: Calibration | undefined;
    for (let round = 0; round < Math.max(1, Math.min(3, rounds)); round++) {
      const device = ours('estimate.ts', memoryEnvironment);
      const found = (await device.ask<{ calibration: Calibration }>({ threads })).calibration;
      calibration = calibration ? fastest(calibration, found) : found;
      device.close();
    }
    for (const { name } of wanted) {
      const side = ours('estimate.ts', memoryEnvironment);
      const { flops, memory, ms, predictedMs, measuredBytes } = await side.ask<Answer>({
        threads,
        model: name,
        calibration,
        steps: 5 + rounds,
      });
      side.close();
      const [leastMs, medianMs] = [Math.min(...ms), median(ms)];
      const found: EstimateCase = {
        name,
        threads,
        flops: counted[name] ? rounded(flops / counted[name]) : null,
        memory: rounded(memory / measuredBytes),
        measuredMB: Math.round(measuredBytes / 1e6),
        least: rounded(predictedMs / leastMs),
        median: rounded(predictedMs / medianMs),
        predictedMs: rounded(predictedMs),
        leastMs: rounded(leastMs),
        medianMs: rounded(medianMs),
      };
      say(
        `${name}, ${threads} threads: FLOPs ${found.flops ?? '–'}, memory ${found.memory} of ${found.measuredMB} MB, time ${found.least} of the least (${found.leastMs} ms), ${found.median} of the median (${found.medianMs} ms)`,
      );
      cases.push(found);
    }
  }
  return cases;
}
