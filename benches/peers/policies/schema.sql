CREATE TABLE subject (
    id BLOB PRIMARY KEY,
    strict INTEGER, opted_out INTEGER, pause_until INTEGER,
    point_0 INTEGER, point_state_0 INTEGER, point_1 INTEGER, point_state_1 INTEGER,
    basis_0 INTEGER, status_0 INTEGER, expires_at_0 INTEGER, channels_0 INTEGER,
    basis_1 INTEGER, status_1 INTEGER, expires_at_1 INTEGER, channels_1 INTEGER,
    basis_2 INTEGER, status_2 INTEGER, expires_at_2 INTEGER, channels_2 INTEGER,
    basis_3 INTEGER, status_3 INTEGER, expires_at_3 INTEGER, channels_3 INTEGER
) WITHOUT ROWID;
