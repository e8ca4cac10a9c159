import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { CALIBRATION, type Calibration } from '../../ir/roofline.ts';
import { hashJson } from '../../lib/hash.ts';
import type { Compute, DeviceInfo } from '../../nodes/kit/compute.ts';
import { calibrate } from '../calibrate.ts';
import { rootFolder } from './platform.ts';

/** Where it lies that a device was measured: another processor, library or way of measuring has a file of its own. */
function placeOf({ backend, title, threads }: DeviceInfo, folder: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const key = hashJson([title, process.arch, cpus()[0]?.model ?? '', dependencies['onnxruntime-node'] ?? '']).slice(
    0,
    12,
  );
  return join(folder, 'calibration', `${CALIBRATION}-${backend}-${threads}-${key}.json`);
}

/** What was measured of a device before, if it was. */
export function keptCalibration(device: DeviceInfo, folder: string): Calibration | undefined {
  try {
    return JSON.parse(readFileSync(placeOf(device, folder), 'utf8')) as Calibration;
  } catch {
    // nothing there, or half of it: it is measured again
    return undefined;
  }
}

/** What a device was measured to do, once: kept in the data folder. */
export async function calibrationOf(compute: Compute, folder: string): Promise<Calibration> {
  const kept = keptCalibration(compute.device, folder);
  if (kept) return kept;
  const measured = await calibrate(compute);
  const path = placeOf(compute.device, folder);
  mkdirSync(join(folder, 'calibration'), { recursive: true });
  // whoever is stopped in between leaves no half of it
  writeFileSync(`${path}.new`, JSON.stringify(measured));
  renameSync(`${path}.new`, path);
  return measured;
}
