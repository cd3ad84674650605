// The chart of `tests.benchmarks.workloads.chart_scene`, as people write it with Remotion: one SVG a frame.
import { AbsoluteFill, Composition, registerRoot, useCurrentFrame, useVideoConfig } from "remotion";

type Data = { cities: string[]; colors: string[]; keys: number[][]; ranks: number[][]; line: [number, number][] };

const between = (keys: number[][], at: number): number[] => {
  const before = Math.min(Math.floor(at), keys.length - 2);
  return keys[before].map((value, i) => value * (1 - at + before) + keys[before + 1][i] * (at - before));
};

const Chart = ({ cities, colors, keys, ranks, line }: Data) => {
  const { durationInFrames, width, height } = useVideoConfig();
  const progress = useCurrentFrame() / (durationInFrames - 1);
  const values = between(keys, progress * (keys.length - 1));
  const places = between(ranks, progress * (keys.length - 1));
  const scale = 1400 / Math.max(...values);
  const points = line.slice(0, Math.round(line.length * progress));
  return (
    <AbsoluteFill style={{ backgroundColor: "#0f172a" }}>
      <svg width={width} height={height} fontFamily="sans-serif" dominantBaseline="central">
        {[0, 1, 2, 3, 4, 5].map((tick) => (
          <g key={tick} fontSize={28} fill="#94a3b8" textAnchor="middle">
            <line x1={300 + tick * 280} x2={300 + tick * 280} y1={60} y2={640} strokeWidth={2}
              stroke={tick === 0 ? "#94a3b8" : "#334155"} />
            <text x={300 + tick * 280} y={666}>{((tick * 280) / scale).toFixed(0)}</text>
          </g>
        ))}
        {cities.map((city, i) => (
          <g key={city} fontSize={40} fill="#e2e8f0" transform={`translate(0 ${105 + places[i] * 95})`}>
            <rect x={300} y={-35} width={values[i] * scale} height={70} fill={colors[i]} />
            <text x={280} textAnchor="end">{city}</text>
            <text x={315 + values[i] * scale}>{values[i].toFixed(1)}</text>
          </g>
        ))}
        <polyline points={points.map((point) => point.join(",")).join(" ")} fill="none" stroke="#38bdf8" strokeWidth={4} />
      </svg>
    </AbsoluteFill>
  );
};

const nothing: Data = { cities: [], colors: [], keys: [[0], [0]], ranks: [[0], [0]], line: [] };

registerRoot(() => (
  <Composition id="chart" component={Chart} width={1920} height={1080} fps={30} durationInFrames={300}
    defaultProps={nothing} />
));
