// For `npx drizzle-kit generate` in this folder, after a change of
// src/schema.ts. The hub itself never runs drizzle-kit; it applies migrations/.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', out: './migrations' })
