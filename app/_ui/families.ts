import {
  AudioLines,
  Blocks,
  Boxes,
  Database,
  Dumbbell,
  FileText,
  FolderOpen,
  Gamepad2,
  Gauge,
  Layers,
  type LucideIcon,
  Microscope,
  Network,
  Repeat,
  Search,
  Shapes,
  ShieldCheck,
  Sparkles,
  Spline,
  Target,
  Workflow,
} from 'lucide-react';

export interface Family {
  readonly title: string;
  readonly icon: LucideIcon;
  /** Degrees on the colour wheel; undefined is grey. */
  readonly hue?: number;
}

/** Families in the order of a pipeline: from data to what is learned of it. */
const families: Readonly<Record<string, Family>> = {
  data: { title: 'Data', icon: Database, hue: 248 },
  text: { title: 'Text', icon: FileText, hue: 205 },
  embeddings: { title: 'Embeddings', icon: Spline, hue: 182 },
  network: { title: 'Network layers', icon: Layers, hue: 58 },
  models: { title: 'Models', icon: Boxes, hue: 305 },
  tasks: { title: 'Tasks', icon: Target, hue: 20 },
  training: { title: 'Training', icon: Dumbbell, hue: 345 },
  generation: { title: 'Generation', icon: Sparkles, hue: 285 },
  retrieval: { title: 'Retrieval', icon: Search, hue: 195 },
  metrics: { title: 'Metrics', icon: Gauge, hue: 152 },
  classical: { title: 'Classical learning', icon: Shapes, hue: 88 },
  ensembles: { title: 'Ensembles', icon: Workflow, hue: 110 },
  reinforcement: { title: 'Reinforcement learning', icon: Gamepad2, hue: 128 },
  explanation: { title: 'Explanation', icon: Microscope, hue: 170 },
  multimodal: { title: 'Multimodal', icon: AudioLines, hue: 325 },
  continual: { title: 'Continual learning', icon: Repeat, hue: 225 },
  security: { title: 'Security and privacy', icon: ShieldCheck, hue: 35 },
  files: { title: 'Files', icon: FolderOpen, hue: 268 },
  graph: { title: 'Graph', icon: Network },
};

export const familyOrder: readonly string[] = Object.keys(families);

export const familyNamed = (id: string): Family => families[id] ?? { title: id, icon: Blocks };

/** The family's colour, as the value of the CSS variable `--family`. */
export const familyColour = (id: string): string => {
  const { hue } = familyNamed(id);
  return hue === undefined ? 'var(--ink-3)' : `oklch(var(--hue-l) var(--hue-c) ${hue})`;
};
