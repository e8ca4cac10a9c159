import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calibration } from '../../ir/roofline.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { CALIBRATION, calibrate } from '../calibrate.ts';

/** What was measured of a device, once: kept in the data folder. */
export async function calibrationOf(compute: Compute, folder: string): Promise<Calibration> {
  const { backend, threads } = compute.device;
  const path = join(folder, 'calibration', `${CALIBRATION}-${backend}-${threads}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Calibration;
  const measured = await calibrate(compute);
  mkdirSync(join(folder, 'calibration'), { recursive: true });
  writeFileSync(path, JSON.stringify(measured));
  return measured;
}
