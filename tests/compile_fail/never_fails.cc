int fine = 1;
