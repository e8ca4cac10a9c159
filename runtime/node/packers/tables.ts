import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Papa from 'papaparse';
import { Dataset, type DatasetColumn } from '../../../graph/dataset.ts';
import { categoryColumn, numberColumn, readJson, textColumn } from './columns.ts';

type Row = Readonly<Record<string, string | number | null>>;
const rowsOf = (folder: string, file: string): readonly Row[] => {
  const path = join(folder, 'data', file);
  if (file.endsWith('.json')) return readJson(path) as Row[];
  const cells: (readonly string[])[] = [];
  Papa.parse(readFileSync(path, 'utf8').replace(/\r\n?/g, '\n'), {
    delimiter: ',',
    newline: '\n',
    step: ({ data }) => void (data.length > 1 && cells.push(data)),
  });
  const [header = [], ...rows] = cells;
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? null])));
};
const numbers = (rows: readonly Row[], key: string): (number | null)[] =>
  rows.map(({ [key]: value }) => (value === null || value === undefined || value === '' ? null : Number(value)));
const texts = (rows: readonly Row[], key: string): string[] => rows.map(({ [key]: value }) => String(value ?? ''));
/** Columns of numbers under other names. */
const features = (rows: readonly Row[], names: Readonly<Record<string, string>>): DatasetColumn[] =>
  Object.entries(names).map(([key, name]) => numberColumn(name, numbers(rows, key), 'feature'));

export function iris(folder: string): Dataset {
  const require = createRequire(join(folder, 'package.json'));
  const rows = (require(folder) as { getDataset(): [number, number, number, number, string][] }).getDataset();
  const names = ['sepal length', 'sepal width', 'petal length', 'petal width'];
  return new Dataset([
    ...names.map((name, i) =>
      numberColumn(
        name,
        rows.map((row) => row[i] as number),
        'feature',
      ),
    ),
    categoryColumn(
      'species',
      rows.map((row) => row[4]),
      { categories: ['setosa', 'versicolor', 'virginica'], role: 'target' },
    ),
  ]);
}

export function boston(folder: string): Dataset {
  const rows = rowsOf(folder, 'data.json');
  const names = ['crim', 'zn', 'indus', 'chas', 'nox', 'rm', 'age', 'dis', 'rad', 'tax', 'ptratio', 'lstat'];
  return new Dataset([
    ...features(rows, Object.fromEntries(names.map((name) => [name, name]))),
    numberColumn('price', numbers(rows, 'cmedv'), 'target'),
  ]);
}

export function penguins(folder: string): Dataset {
  const rows = rowsOf(folder, 'penguins.json');
  const sex = texts(rows, 'Sex').map((value) => value.toLowerCase());
  return new Dataset([
    ...features(rows, {
      'Beak Length (mm)': 'beak length',
      'Beak Depth (mm)': 'beak depth',
      'Flipper Length (mm)': 'flipper length',
      'Body Mass (g)': 'body mass',
    }),
    categoryColumn('island', texts(rows, 'Island'), { categories: ['Biscoe', 'Dream', 'Torgersen'], role: 'feature' }),
    categoryColumn('sex', sex, { categories: ['female', 'male'], role: 'feature' }),
    categoryColumn('species', texts(rows, 'Species'), {
      categories: ['Adelie', 'Chinstrap', 'Gentoo'],
      role: 'target',
    }),
  ]);
}

export function cars(folder: string): Dataset {
  const rows = rowsOf(folder, 'cars.json').map((row) => ({ ...row, year: Number(String(row.Year).slice(0, 4)) }));
  return new Dataset([
    textColumn('name', texts(rows, 'Name'), 'id'),
    ...features(rows, {
      Cylinders: 'cylinders',
      Displacement: 'displacement',
      Horsepower: 'horsepower',
      Weight_in_lbs: 'weight',
      Acceleration: 'acceleration',
      year: 'year',
    }),
    categoryColumn('origin', texts(rows, 'Origin'), { categories: ['Europe', 'Japan', 'USA'], role: 'feature' }),
    numberColumn('miles per gallon', numbers(rows, 'Miles_per_Gallon'), 'target'),
  ]);
}

export function weather(folder: string): Dataset {
  const rows = rowsOf(folder, 'seattle-weather.csv');
  return new Dataset([
    textColumn('date', texts(rows, 'date'), 'id'),
    ...features(rows, {
      precipitation: 'precipitation',
      temp_max: 'highest temperature',
      temp_min: 'lowest temperature',
      wind: 'wind',
    }),
    categoryColumn('weather', texts(rows, 'weather'), {
      categories: ['drizzle', 'fog', 'rain', 'snow', 'sun'],
      role: 'target',
    }),
  ]);
}

export function earthquakes(folder: string): Dataset {
  const { features: shaken } = readJson(join(folder, 'data', 'earthquakes.json')) as {
    features: { properties: { mag: number; place: string }; geometry: { coordinates: [number, number, number] } }[];
  };
  const at = (axis: 0 | 1 | 2) => shaken.map(({ geometry }) => geometry.coordinates[axis]);
  return new Dataset([
    numberColumn('latitude', at(1), 'feature'),
    numberColumn('longitude', at(0), 'feature'),
    numberColumn('depth', at(2)),
    numberColumn(
      'magnitude',
      shaken.map(({ properties }) => properties.mag),
    ),
    textColumn(
      'place',
      shaken.map(({ properties }) => properties.place ?? ''),
    ),
  ]);
}

export function airports(folder: string): Dataset {
  const rows = rowsOf(folder, 'airports.csv');
  return new Dataset([
    ...features(rows, { latitude: 'latitude', longitude: 'longitude' }),
    textColumn('code', texts(rows, 'iata'), 'id'),
    textColumn('name', texts(rows, 'name')),
    textColumn('state', texts(rows, 'state')),
    textColumn('country', texts(rows, 'country')),
  ]);
}

export function mnist(folder: string): Dataset {
  const pixels = 28 * 28;
  const digits = Array.from(
    { length: 10 },
    (_, digit) => (readJson(join(folder, 'src', 'digits', `${digit}.json`)) as { data: number[] }).data,
  );
  // the package has all zeros first: one of each digit in turn, so that the first rows are of all kinds
  const most = Math.max(...digits.map((data) => data.length / pixels));
  const order: { digit: number; from: number }[] = [];
  for (let i = 0; i < most; i++)
    for (let digit = 0; digit < 10; digit++)
      if ((i + 1) * pixels <= digits[digit]!.length) order.push({ digit, from: i * pixels });
  const values = new Uint8Array(order.length * pixels);
  order.forEach(({ digit, from }, row) => {
    const data = digits[digit]!;
    for (let i = 0; i < pixels; i++) values[row * pixels + i] = Math.round(data[from + i]! * 255);
  });
  return new Dataset([
    { name: 'image', role: 'feature', data: { kind: 'image', height: 28, width: 28, channels: 1, values } },
    categoryColumn(
      'digit',
      order.map(({ digit }) => String(digit)),
      { categories: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], role: 'target' },
    ),
  ]);
}
