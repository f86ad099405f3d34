%%% The compile service: Core Erlang in, BEAM code out, findings as data.
%%%
%%% The modules of one request are compiled at the same time, as many as there are schedulers. The
%%% compiler's own modules are loaded by `warm/0' in the background once the program has started,
%%% so that the first request does not wait for them.
-module(beamtalk_port_compile).

-export([modules/2, core_text/1, warm/0]).

-type source() :: tuple() | binary() | {encoded, binary()}.
-type finding() :: #{file := binary(), line := non_neg_integer(), column := non_neg_integer(),
                     module := atom(), message := binary()}.
-type result() :: {ok, module(), binary(), [finding()]} |
                  {error, [finding()], [finding()]}.

%% Passes that make code faster and compilation slower.
-define(QUICK, [no_copt, no_bool_opt, no_share_opt, no_recv_opt, no_module_opt,
                no_type_opt, no_throw_opt, no_postopt]).

%% Of those over single assignment, what is left out too where no binary is taken apart. `live' stays: the
%% allocation of registers takes for granted that no variable is unused, and lets an unused one
%% overwrite another. Binary patterns need several of these, which take their work for granted.
-define(QUICK_WITHOUT_BINARY_PATTERNS,
        [no_bsm_opt, no_ssa_opt_bc_size, no_ssa_opt_bs_create_bin, no_ssa_opt_bsm,
         no_ssa_opt_bsm_shortcut, no_ssa_opt_coalesce_phis, no_ssa_opt_cse, no_ssa_opt_dead,
         no_ssa_opt_element, no_ssa_opt_float, no_ssa_opt_get_tuple_element,
         no_ssa_opt_merge_blocks, no_ssa_opt_ne, no_ssa_opt_ranges, no_ssa_opt_record,
         no_ssa_opt_redundant_br, no_ssa_opt_sink, no_ssa_opt_split_blocks, no_ssa_opt_sw,
         no_ssa_opt_tail_literals, no_ssa_opt_tail_phis, no_ssa_opt_trim_unreachable,
         no_ssa_opt_try, no_ssa_opt_tuple_size, no_ssa_opt_type_continue,
         no_ssa_opt_type_finish, no_ssa_opt_type_start, no_ssa_opt_unfold_literals]).

-define(PASSES, ["beam_", "core_lint", "sys_core_", "v3_kernel", "cerl", "compile", "erl_bifs"]).
-define(LATER, ["beam_block", "beam_digraph", "beam_disasm", "beam_flatten", "beam_listing", "beam_ssa_bool",
                "beam_ssa_lint", "beam_ssa_pp", "beam_ssa_recv", "beam_ssa_throw", "beam_trim", "cerl_clauses",
                "cerl_inline", "sys_core_alias", "sys_core_fold", "sys_core_fold_lists", "sys_core_inline",
                "v3_kernel_pp"]).

%% @doc Compiles modules given as `cerl' records, as the external form of those, or as text. Options: `mode => quick | full',
%% `lint => boolean()' (check the Core code first), `source => Path' and `options => [term()]',
%% which go to the compiler as they are.
-spec modules([source()], map()) -> [result()].
modules(Sources, Options) ->
    CompilerOptions = options(Options),
    parallel(fun(Source) -> module(Source, CompilerOptions) end, Sources,
             erlang:system_info(schedulers_online)).

options(Options) ->
    Mode = case maps:get(mode, Options, full) of
               quick -> ?QUICK;
               full -> []
           end,
    Lint = [clint0 || maps:get(lint, Options, false)],
    Source = [{source, unicode:characters_to_list(Path)} || #{source := Path} <- [Options]],
    maps:get(options, Options, []) ++ Mode ++ Lint ++ Source
        ++ [from_core, binary, return, no_spawn_compiler_process].

module(Text, Options) when is_binary(Text) ->
    case core_scan:string(unicode:characters_to_list(Text)) of
        {ok, Tokens, _} ->
            case core_parse:parse(Tokens) of
                {ok, Core} -> module(Core, Options);
                {error, Info} -> {error, findings([{"", [Info]}]), []}
            end;
        {error, Info, _} ->
            {error, findings([{"", [Info]}]), []}
    end;
module({encoded, Bytes}, Options) ->
    module(with_version(binary_to_term(Bytes), Bytes), Options);
module(Core, Options) ->
    try compile:noenv_forms(Core, options_for(Core, Options)) of
        {ok, Module, Beam, Warnings} -> {ok, Module, Beam, findings(Warnings)};
        {ok, Module, Beam} -> {ok, Module, Beam, []};
        {error, Errors, Warnings} -> {error, findings(Errors), findings(Warnings)};
        error -> {error, [finding("", 0, 0, compile, "the compiler failed")], []}
    catch
        Class:Reason:Stack ->
            Text = io_lib:format("the compiler crashed: ~tp:~tp~n~tp", [Class, Reason, Stack]),
            {error, [finding("", 0, 0, compile, Text)], []}
    end.

%% The compiler's own version of a module tells its code as this release of the compiler makes it; what
%% is compiled is the same whoever does.
with_version({c_module, Anno, Name, Exports, Attributes, Definitions}, Bytes) ->
    <<Version:128>> = erlang:md5(Bytes),
    Own = {{c_literal, [], vsn}, {c_literal, [], [Version]}},
    {c_module, Anno, Name, Exports, [Own | Attributes], Definitions}.

%% Which passes depend on one another differs from release to release: only where this has been
%% tried are fewer of them run.
options_for(Core, Options) ->
    case lists:member(no_copt, Options) andalso erlang:system_info(otp_release) =:= "25"
        andalso not has_binary_pattern(Core) of
        true -> ?QUICK_WITHOUT_BINARY_PATTERNS ++ Options;
        false -> Options
    end.

has_binary_pattern({c_literal, _, _}) -> false;
has_binary_pattern({c_var, _, _}) -> false;
has_binary_pattern({c_clause, _, Patterns, Guard, Body}) ->
    has_binary(Patterns) orelse has_binary_pattern(Guard) orelse has_binary_pattern(Body);
has_binary_pattern(Node) when is_tuple(Node) -> has_binary_pattern(tuple_to_list(Node));
has_binary_pattern([First | Rest]) -> has_binary_pattern(First) orelse has_binary_pattern(Rest);
has_binary_pattern(_) -> false.

has_binary({c_binary, _, _}) -> true;
has_binary({c_literal, _, _}) -> false;
has_binary(Node) when is_tuple(Node) -> has_binary(tuple_to_list(Node));
has_binary([First | Rest]) -> has_binary(First) orelse has_binary(Rest);
has_binary(_) -> false.

findings(Files) ->
    [described(File, Info) || {File, Infos} <- Files, Info <- Infos].

described(File, {{Line, Column}, Module, Description}) ->
    finding(File, Line, Column, Module, Module:format_error(Description));
described(File, {Line, Module, Description}) when is_integer(Line) ->
    finding(File, Line, 0, Module, Module:format_error(Description));
described(File, {none, Module, Description}) ->
    finding(File, 0, 0, Module, Module:format_error(Description));
described(File, {Anno, Module, Description}) when is_list(Anno) ->
    Line = lists:max([0 | [L || L <- Anno, is_integer(L)]]),
    finding(File, Line, 0, Module, Module:format_error(Description));
described(File, {Module, Description}) ->
    finding(File, 0, 0, Module, Module:format_error(Description)).

finding(File, Line, Column, Module, Message) ->
    #{file => unicode:characters_to_binary(File), line => Line, column => Column,
      module => Module, message => unicode:characters_to_binary(Message)}.

%% @doc A Core Erlang tree as text.
-spec core_text(tuple()) -> binary().
core_text(Core) ->
    unicode:characters_to_binary(core_pp:format(Core)).

%% @doc Loads the compiler.
-spec warm() -> ok.
warm() ->
    _ = application:load(compiler),
    {ok, Modules} = application:get_key(compiler, modules),
    _ = code:ensure_modules_loaded([M || M <- Modules, is_needed(atom_to_list(M))]),
    _ = compile:noenv_forms(tiny_module(), options(#{mode => quick})),
    ok.

%% What compiling Core code in quick mode uses. The rest is loaded when it is first called: that is
%% once in the life of the program, but half as much again of what there is to load.
is_needed(Name) ->
    lists:any(fun(Prefix) -> lists:prefix(Prefix, Name) end, ?PASSES)
        andalso not lists:member(Name, ?LATER).

tiny_module() ->
    Name = cerl:c_fname(one, 0),
    cerl:c_module(cerl:c_atom(beamtalk_port_tiny), [Name], [],
                  [{Name, cerl:c_fun([], cerl:c_int(1))}]).

%% Results in the order of the inputs, with at most Limit of them being made at a time. The workers
%% are linked: when the request is cancelled, they end with it.
parallel(Fun, [Only], _) ->
    [Fun(Only)];
parallel(Fun, Items, Limit) ->
    {Now, Later} = lists:split(min(Limit, length(Items)), Items),
    Running = [start(Fun, Item) || Item <- Now],
    collect(Fun, Running, Later).

collect(_, [], []) ->
    [];
collect(Fun, [First | Running], Later) ->
    Result = receive {First, Made} -> Made end,
    {Next, Rest} = case Later of
                       [Item | More] -> {[start(Fun, Item)], More};
                       [] -> {[], []}
                   end,
    [Result | collect(Fun, Running ++ Next, Rest)].

start(Fun, Item) ->
    Self = self(),
    Tag = make_ref(),
    spawn_opt(fun() -> Self ! {Tag, Fun(Item)} end, [link, {min_heap_size, 250000}]),
    Tag.
