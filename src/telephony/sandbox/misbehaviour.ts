export interface Misbehaviour { seed?: number }
