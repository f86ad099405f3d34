%% @doc Classes as the compiler emits them, made from a description, for tests of loading.
-module(beamtalk_workspace_samples).

-export([counter/1, patch/2, patch/3, code/2, request/1, setup/0, cleanup/1, remove/1]).

%% @doc The actor class `TCounter' with a step that `bump' adds; options change its data.
-spec counter(map()) -> {module(), binary()}.
counter(Options) ->
    Module = maps:get(module, Options, 'bt@user@TCounter'),
    Fields = maps:get(fields, Options, [{value, <<"Integer">>, "0"}]),
    Step = maps:get(step, Options, "1"),
    Name = maps:get(name, Options, 'TCounter'),
    Super = maps:get(super, Options, nil),
    Inherited = maps:get(inherited, Options, ""),
    Defaults = [io_lib:format("~p => ~s", [F, D]) || {F, _, D} <- Fields, D =/= none],
    Uninitialized = [F || {F, _, none} <- Fields],
    Meta = #{name => Name, super => Super, kind => actor, package => user, file => <<"t.bt">>,
             modifiers => [], doc => nil, native => nil, type_parameters => [],
             fields => [#{name => F, type => T, has_default => D =/= none, doc => nil} || {F, T, D} <- Fields],
             class_state => [], methods => [], class_methods => [], source => <<>>, line => 1,
             uninitialized => Uninitialized},
    code(Module, [
        io_lib:format("-module(~p).~n", [Module]),
        "-export(['$send'/3, '$csend'/3, '$meta'/0, '$defaults'/0, '$class_defaults'/0]).\n"
        "-export([bump/1, value/1, field/2, crash/1, slow/1, block/1, ask/2, linger/0]).\n",
        io_lib:format("'$meta'() -> ~p.~n", [Meta]),
        "'$class_defaults'() -> #{}.\n",
        io_lib:format("'$defaults'() -> maps:merge(~s, #{~s}).~n",
                      [case Inherited of "" -> "#{}"; _ -> Inherited ++ ":'$defaults'()" end,
                       lists:join(", ", Defaults)]),
        "'$send'(bump, Self, []) -> bump(Self);\n"
        "'$send'(value, Self, []) -> value(Self);\n"
        "'$send'(crash, Self, []) -> crash(Self);\n"
        "'$send'(slow, Self, []) -> slow(Self);\n"
        "'$send'(block, Self, []) -> block(Self);\n"
        "'$send'('ask:', Self, [Other]) -> ask(Self, Other);\n"
        "'$send'('field:', Self, [F]) -> field(Self, F);\n",
        above("'$send'", Super),
        "'$csend'(S, Class, Args) -> beamtalk_send:missing(S, Class, Args).\n",
        "state() -> get('$bt_state').\n"
        "value(_) -> maps:get(value, state()).\n"
        "field(_, F) -> maps:get(F, state(), absent).\n"
        "crash(_) -> erlang:error(badarg).\n"
        "slow(_) -> timer:sleep(400), done.\n"
        "linger() -> receive go -> lingered end.\n"
        "ask(_, Other) -> timer:sleep(30), beamtalk_send:send(Other, bump, []).\n",
        io_lib:format("block(_) -> fun() -> ~s end.~n", [Step]),
        io_lib:format("bump(_) -> S = state(), V = maps:get(value, S) + ~s, put('$bt_state', S#{value := V}), V.~n",
                      [Step])]).

%% The end of a dispatch: the superclass, or nobody.
above(Dispatch, nil) ->
    io_lib:format("~s(S, Self, Args) -> beamtalk_send:missing(S, Self, Args).~n", [Dispatch]);
above(Dispatch, Super) ->
    io_lib:format("~s(S, Self, Args) -> ~p:~s(S, Self, Args).~n", [Dispatch, Super, Dispatch]).

%% @doc A patch of `TCounter' whose function body is given.
-spec patch(string(), atom()) -> {module(), binary()}.
patch(Body, Target) ->
    patch(Body, Target, list_to_binary(Body)).

%% @doc The same with the text that it is known by.
-spec patch(string(), atom(), binary()) -> {module(), binary()}.
patch(Body, Target, Source) ->
    Module = 'bt@user@TCounter+patch',
    code(Module, [
        io_lib:format("-module(~p).~n-export(['$patches'/0, patch/1]).~n", [Module]),
        io_lib:format("'$patches'() -> [#{target => ~p, function => patch, source => ~p}].~n", [Target, Source]),
        "patch(State) -> ", Body, ".\n"]).

%% @doc Object code of a module given as text.
-spec code(module(), iodata()) -> {module(), binary()}.
code(Module, Text) ->
    {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(iolist_to_binary(Text))),
    {ok, Module, Beam} = compile:forms(forms(Tokens, []), [debug_info]),
    {Module, Beam}.

forms([], Forms) ->
    lists:reverse(Forms);
forms(Tokens, Forms) ->
    {Form, [Dot | Rest]} = lists:splitwith(fun(Token) -> element(1, Token) =/= dot end, Tokens),
    {ok, Parsed} = erl_parse:parse_form(macros(Form) ++ [Dot]),
    forms(Rest, [Parsed | Forms]).

macros([{'?', Line}, {var, _, 'MODULE'} | Rest]) -> [{atom, Line, module} | macros(Rest)];
macros([Token | Rest]) -> [Token | macros(Rest)];
macros([]) -> [].

%% @doc A request to load these.
-spec request([{module(), binary()}]) -> beamtalk_workspace_loader:request().
request(Codes) ->
    #{modules => [#{module => Module, file => <<"t.bt">>, beam => Beam} || {Module, Beam} <- Codes]}.

%% @doc Starts runtime and workspace.
-spec setup() -> [atom()].
setup() ->
    %% Messages of exceptions are made by their classes.
    true = code:add_pathz(filename:join(filename:dirname(code:which(beamtalk_workspace_load)),
                                        "../../../library/ebin")),
    {ok, Runtime} = application:ensure_all_started(beamtalk_runtime),
    {ok, Workspace} = application:ensure_all_started(beamtalk_workspace),
    Workspace ++ Runtime.

-spec cleanup([atom()]) -> ok.
cleanup(Started) ->
    lists:foreach(fun application:stop/1, Started).

%% @doc Takes a class out again.
-spec remove(module()) -> ok.
remove(Module) ->
    beamtalk_registry:unregister([Module]),
    code:purge(Module),
    code:delete(Module),
    code:purge(Module),
    ok.
