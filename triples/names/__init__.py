"""Names of things, in English, Chinese and pinyin: how they are compared."""
