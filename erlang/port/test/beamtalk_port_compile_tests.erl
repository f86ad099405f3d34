%%% The compile service, without a bridge.
-module(beamtalk_port_compile_tests).
-include_lib("eunit/include/eunit.hrl").

-define(SUM, <<"module 'sum_of' ['sum'/1] attributes []\n"
               "'sum'/1 = fun (L) -> call 'lists':'sum'(L)\nend">>).

text_and_tree_give_the_same_code_test() ->
    {ok, Tokens, _} = core_scan:string(binary_to_list(?SUM)),
    {ok, Tree} = core_parse:parse(Tokens),
    [{ok, sum_of, FromText, []}, {ok, sum_of, FromTree, []}] =
        beamtalk_port_compile:modules([?SUM, Tree], #{mode => full}),
    ?assertEqual(code_of(FromText), code_of(FromTree)).

%% Whichever release of the compiler makes the code.
version_is_that_of_what_was_compiled_test() ->
    {ok, Tokens, _} = core_scan:string(binary_to_list(?SUM)),
    {ok, Tree} = core_parse:parse(Tokens),
    Encoded = term_to_binary(Tree),
    <<Version:128>> = erlang:md5(Encoded),
    [{ok, sum_of, Quick, []}] = beamtalk_port_compile:modules([{encoded, Encoded}], #{mode => quick}),
    [{ok, sum_of, Full, []}] = beamtalk_port_compile:modules([{encoded, Encoded}], #{mode => full}),
    [?assertEqual({ok, {sum_of, [Version]}}, beam_lib:version(Beam)) || Beam <- [Quick, Full]].

code_of(Beam) ->
    {ok, {_, [{"Code", Code}]}} = beam_lib:chunks(Beam, ["Code"]),
    Code.

quick_code_runs_test() ->
    [{ok, sum_of, Beam, _}] = beamtalk_port_compile:modules([?SUM], #{mode => quick, lint => true}),
    {module, sum_of} = code:load_binary(sum_of, "sum_of", Beam),
    ?assertEqual(6, apply(sum_of, sum, [[1, 2, 3]])),
    code:purge(sum_of),
    code:delete(sum_of).

%% Where branches meet, a variable that nobody reads must not overwrite another.
quick_code_keeps_what_branches_answer_test() ->
    Loop = <<"module 'meet' ['f'/2] attributes []\n"
             "'f'/2 = fun (A, L) -> case L of\n"
             "  <[X|R]> when 'true' ->\n"
             "    let <V, W, Z> = case <> of\n"
             "      <> when call 'erlang':'=:='(A, 5) -> <3, A, 3>\n"
             "      <> when 'true' -> let <D> = call 'erlang':'-'(A, 3) in <D, D, X>\n"
             "    end in apply 'f'/2(W, R)\n"
             "  <[]> when 'true' -> A\n"
             "end\nend">>,
    [{ok, meet, Beam, _}] = beamtalk_port_compile:modules([Loop], #{mode => quick, lint => true}),
    {module, meet} = code:load_binary(meet, "meet", Beam),
    ?assertEqual(-5, apply(meet, f, [1, [1, 2]])),
    code:purge(meet),
    code:delete(meet).

%% The rest of a binary that nobody reads is skipped.
quick_code_skips_the_rest_of_a_binary_test() ->
    Forms = [
        {attribute, 1, module, tail}, {attribute, 1, export, [{first, 1}]},
        {function, 1, first, 1, [
            {clause, 1, [{bin, 1, [
                {bin_element, 1, {var, 1, 'A'}, {integer, 1, 16}, default},
                {bin_element, 1, {var, 1, '_'}, default, [binary]}]}], [], [{var, 1, 'A'}]},
            {clause, 1, [{var, 1, '_'}], [], [{atom, 1, none}]}]}],
    {ok, tail, Core} = compile:noenv_forms(Forms, [to_core, binary]),
    [{ok, tail, Beam, _}] = beamtalk_port_compile:modules([Core], #{mode => quick}),
    {module, tail} = code:load_binary(tail, "tail", Beam),
    ?assertEqual(258, apply(tail, first, [<<1, 2, 3>>])),
    ?assertEqual(none, apply(tail, first, [<<1>>])),
    code:purge(tail),
    code:delete(tail).

%% Modules with and without binary patterns, which are compiled by different passes, answer as OTP's
%% own code of them does: those of the standard library that have their abstract code with them.
quick_code_of_the_standard_library_answers_the_same_test_() ->
    {timeout, 60, fun() ->
        Calls = [
            {orddict, fold, [fun(K, V, Sum) -> K * V + Sum end, 0, [{1, 2}, {3, 4}]]},
            {gb_sets, to_list, [gb_sets:from_list([5, 3, 9, 1, 3])]},
            {gb_trees, to_list, [gb_trees:from_orddict([{N, N * N} || N <- [1, 2, 3, 5, 8]])]},
            {queue, to_list, [queue:reverse(queue:from_list([a, b, c]))]},
            {string, split, ["a,b,,c", ",", all]},
            {base64, encode, [<<"any carnal pleasure">>]},
            {io_lib_pretty, print, [#{list => [1, 2.5, <<"three">>], tuple => {a, "b", []}}]},
            {erl_scan, string, ["f(X) when X > 1 -> [X | <<\"x\">>]; f(_) -> $a."]}
        ],
        [?assertEqual(apply(M, F, Args), quickly(M, F, Args)) || {M, F, Args} <- Calls]
    end}.

%% The answer of the module's code as the service makes it, under another name.
quickly(Module, Function, Args) ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(code:which(Module), [abstract_code]),
    {ok, Module, Core} = compile:noenv_forms(Forms, [to_core, binary]),
    Other = list_to_atom("quick_" ++ atom_to_list(Module)),
    Renamed = cerl:update_c_module(Core, cerl:c_atom(Other), cerl:module_exports(Core),
                                   cerl:module_attrs(Core), cerl:module_defs(Core)),
    [{ok, Other, Beam, _}] = beamtalk_port_compile:modules([Renamed], #{mode => quick}),
    {module, Other} = code:load_binary(Other, atom_to_list(Other), Beam),
    Answer = apply(Other, Function, Args),
    code:purge(Other),
    code:delete(Other),
    Answer.

results_keep_the_order_of_the_modules_test() ->
    Module = fun(N) ->
        Name = integer_to_binary(N),
        <<"module 'order", Name/binary, "' [] attributes []\nend">>
    end,
    Names = [list_to_atom("order" ++ integer_to_list(N)) || N <- lists:seq(1, 9)],
    Results = beamtalk_port_compile:modules([Module(N) || N <- lists:seq(1, 9)], #{}),
    ?assertEqual(Names, [Name || {ok, Name, _, _} <- Results]).

findings_have_places_test() ->
    [{error, [Syntax], []}] = beamtalk_port_compile:modules([<<"module 'x' [\n= ">>], #{}),
    ?assertMatch(#{line := 2, module := core_parse, message := _}, Syntax),
    Unbound = <<"module 'x' ['f'/0] attributes []\n'f'/0 = fun () -> Y\nend">>,
    [{error, [Finding], []}] = beamtalk_port_compile:modules([Unbound], #{lint => true}),
    ?assertMatch(#{module := core_lint}, Finding).

a_crash_of_the_compiler_is_a_finding_test() ->
    ?assertMatch([{error, [#{module := compile}], []}],
                 beamtalk_port_compile:modules([{c_module, wrong}], #{})).

trees_are_printed_test() ->
    Tree = cerl:c_module(cerl:c_atom(m), [], []),
    ?assertMatch({match, _}, re:run(beamtalk_port_compile:core_text(Tree), "module 'm'")).
