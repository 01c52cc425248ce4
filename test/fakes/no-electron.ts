throw new Error('core/ runs under plain Node and must not import electron');
