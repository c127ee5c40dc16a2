export declare const yamlForVite: { name: string; transform(code: string, id: string): unknown }
