"""What a query may contain. Everything not named here is refused, whatever DuckDB learns to do in a later version.

The functions are deterministic, touch nothing but their arguments, and cannot blow a short text up to gigabytes on
their own: no clock, no random numbers, no settings, no files, no `repeat` and no padding.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NODES = _words("""
    SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE
    BASE_TABLE JOIN SUBQUERY EXPRESSION_LIST EMPTY TABLE_FUNCTION
    ORDER_MODIFIER LIMIT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING
    COLUMN_REF STAR POSITIONAL_REFERENCE VALUE_CONSTANT FUNCTION CASE_EXPR OPERATOR_CAST TYPE LAMBDA
    COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN COMPARE_LESSTHANOREQUALTO
    COMPARE_GREATERTHANOREQUALTO COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM COMPARE_IN COMPARE_NOT_IN
    COMPARE_BETWEEN COMPARE_NOT_BETWEEN CONJUNCTION_AND CONJUNCTION_OR
    OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF
    ARRAY_EXTRACT ARRAY_SLICE ARRAY_CONSTRUCTOR STRUCT_EXTRACT GROUPING_FUNCTION
    WINDOW_AGGREGATE WINDOW_RANK WINDOW_RANK_DENSE WINDOW_NTILE WINDOW_PERCENT_RANK WINDOW_CUME_DIST
    WINDOW_ROW_NUMBER WINDOW_FIRST_VALUE WINDOW_LAST_VALUE WINDOW_NTH_VALUE WINDOW_LEAD WINDOW_LAG
""")

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})

FUNCTIONS = _words("""
    + - * / // % ** ^ & | ~ << >> || @ ! && = != < > <= >= <=> ^@ <@ @> add subtract multiply divide mod
    ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape not_ilike_escape
    abs ceil ceiling floor round trunc sign sqrt cbrt pow power exp ln log log2 log10 greatest least fdiv fmod
    isnan isinf isfinite bit_count xor gcd lcm
    ascii chr ord unicode char_length character_length length len strlen concat concat_ws contains starts_with ends_with
    prefix suffix instr position strpos lower upper lcase ucase ltrim rtrim trim left right reverse replace
    split split_part str_split string_split string_to_array str_split_regex string_split_regex regexp_split_to_array
    regexp_matches regexp_full_match regexp_extract regexp_extract_all regexp_replace regexp_escape
    substr substring translate strip_accents nfc_normalize format printf to_hex hex md5 sha256
    levenshtein damerau_levenshtein editdist3 hamming mismatches jaccard jaro_similarity jaro_winkler_similarity
    parse_filename parse_dirname parse_dirpath parse_path
    coalesce nullif if ifnull typeof
    array_length array_contains array_has array_has_all array_has_any array_position array_to_string array_append
    array_concat array_distinct array_unique array_sort array_reverse_sort array_slice array_extract array_intersect
    cardinality element_at flatten
    list_value list_pack list_append list_prepend list_cat list_concat list_contains list_has list_has_all list_has_any
    list_position list_indexof list_element list_extract list_slice list_distinct list_unique list_sort
    list_reverse_sort list_reverse list_filter list_transform list_apply list_reduce list_zip list_intersect
    list_aggregate list_aggr list_where list_select list_any_value list_count list_sum list_avg list_min list_max
    list_median list_string_agg list_bool_and list_bool_or list_first list_last list_mode list_product
    filter apply reduce aggregate
    unnest range generate_series
    row struct_pack struct_extract struct_insert map map_keys map_values map_entries map_extract map_contains
    map_from_entries
    year month day quarter week dayofweek isodow dayofyear date_diff datediff date_part datepart date_trunc datetrunc
    date_sub datesub date_add epoch epoch_ms make_date make_timestamp strftime strptime try_strptime last_day
    to_seconds to_minutes to_hours to_days to_weeks to_months to_quarters to_years
    count count_star count_if countif sum fsum kahan_sum avg favg mean min max median mode any_value arbitrary first last
    arg_min arg_max argmin argmax min_by max_by list array_agg string_agg group_concat listagg bool_and bool_or
    bit_and bit_or bit_xor quantile quantile_cont quantile_disc mad stddev stddev_pop stddev_samp var_pop var_samp
    variance product entropy histogram corr covar_pop covar_samp skewness kurtosis geomean geometric_mean
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
""")

TYPES = _words("""
    varchar text string char bpchar boolean bool logical
    tinyint smallint integer int int1 int2 int4 int8 signed short long bigint hugeint
    utinyint usmallint uinteger ubigint double float float4 float8 real decimal numeric dec
    date time timestamp datetime interval list struct map
""")

VALUE_FUNCTIONS = _words("""
    current_catalog current_database current_date current_localtime current_localtimestamp current_query current_role
    current_schema current_time current_timestamp current_user localtime localtimestamp session_user user
""")
"""Written without parentheses they parse as columns; no fact table has a column of such a name."""
