%% @doc Primitives of `BeamtalkInterface', the facade `Beamtalk': classes, their documentation, and
%% how the log shows.
-module(beamtalk_beamtalk_interface).

-export(['class instance'/1, version/1, allClasses/1, 'classNamed:'/2, globals/1]).
-export(['help:'/2, 'help:selector:'/3, 'erlangHelp:'/2, 'erlangHelp:selector:'/3]).
-export([logLevel/1, 'logLevel:'/2, logFormat/1, 'logFormat:'/2]).
-export([debugTargets/1, 'enableDebug:'/2, 'disableDebug:'/2, activeDebugTargets/1, disableAllDebug/1]).

-define(CLASS, 'BeamtalkInterface').

-spec 'class instance'(term()) -> map().
'class instance'(_) -> #{'__class__' => 'bt@stdlib@BeamtalkInterface'}.

-spec version(term()) -> binary().
version(_) ->
    case application:get_key(beamtalk_runtime, vsn) of
        {ok, Version} -> list_to_binary(Version);
        undefined -> <<"unknown">>
    end.

%%% Classes

-spec allClasses(term()) -> [beamtalk_class:class_object()].
allClasses(_) -> [{'$class', Module} || {_, Module} <- by_name()].

by_name() ->
    beamtalk_registry:scan(),
    lists:sort([{beamtalk_class:name(M), M} || M <- beamtalk_registry:classes()]).

-spec 'classNamed:'(term(), term()) -> beamtalk_class:class_object() | nil.
'classNamed:'(_, Name) ->
    case beamtalk_registry:lookup(beamtalk_check:symbol(Name, ?CLASS, 'classNamed:')) of
        {ok, Module} -> {'$class', Module};
        error -> nil
    end.

-spec globals(term()) -> map().
globals(_) -> maps:from_list([{Name, {'$class', Module}} || {Name, Module} <- by_name()]).

%%% Documentation

%% The head `Name : Superclass', the class's documentation, and a line for each of its methods.
%% Of a protocol `Name : Protocol', its documentation, and the selectors that it asks for.
-spec 'help:'(term(), term()) -> binary().
'help:'(_, #{'__class__' := 'bt@stdlib@Protocol'} = Protocol) ->
    protocol_help(Protocol);
'help:'(_, Name) when is_atom(Name) ->
    case {beamtalk_registry:lookup(Name), beamtalk_protocol:find(Name)} of
        {error, {ok, Protocol}} -> protocol_help(Protocol);
        _ -> class_help(Name)
    end;
'help:'(_, Class) ->
    class_help(Class).

protocol_help(Protocol) ->
    Selectors = fun(List) -> [atom_to_binary(Selector) || Selector <- List] end,
    text([
        [atom_to_binary(beamtalk_protocol:name(Protocol)), " : Protocol"],
        documentation(beamtalk_protocol:doc(Protocol)),
        lines([[prefix(class), S] || S <- Selectors(beamtalk_protocol:requiredClassMethods(Protocol))]),
        lines(Selectors(beamtalk_protocol:requiredMethods(Protocol)))
    ]).

class_help(Class) ->
    {Module, Side} = class_of(Class, 'help:'),
    Meta = beamtalk_class:meta(Module),
    text([
        head(Module, Side, Meta),
        documentation(class_doc(Module, Meta)),
        lines([[prefix(class), S] || S <- signatures(Meta, class_methods)]),
        lines([S || instance <- sides(Side), S <- signatures(Meta, methods)]),
        lines([S || Each <- sides(Side), S <- extensions(Module, Each)])
    ]).

sides(instance) -> [instance, class];
sides(class) -> [class].

%% The heads of what other files add to the class.
extensions(Module, Side) ->
    [
        [prefix(Side), Signature]
     || #{signature := Signature} <- beamtalk_registry:extensions_of(beamtalk_class:name(Module), Side)
    ].

prefix(instance) -> "";
prefix(class) -> "class ".

head(Module, instance, #{super := nil}) -> atom_to_binary(beamtalk_class:name(Module));
head(Module, instance, #{super := Super}) ->
    [atom_to_binary(beamtalk_class:name(Module)), " : ", atom_to_binary(beamtalk_class:name(Super))];
head(Module, class, _) ->
    [atom_to_binary(beamtalk_class:name(Module)), " class"].

class_doc(Module, Meta) ->
    case beamtalk_registry:doc(Module, class) of
        {ok, Doc} -> Doc;
        none -> maps:get(doc, Meta, nil)
    end.

documentation(nil) -> [];
documentation(<<>>) -> [];
documentation(Doc) -> ["\n\n", string:trim(Doc)].

%% A line for each method.
lines([]) -> [];
lines(Lines) -> ["\n" | [["\n", Line] || Line <- lists:sort(Lines)]].

signatures(Meta, Side) ->
    [
        maps:get(signature, Method)
     || Method <- maps:get(Side, Meta, []), not lists:member(internal, maps:get(modifiers, Method, []))
    ].

%% Signature, documentation, and where the method is defined.
-spec 'help:selector:'(term(), term(), term()) -> binary().
'help:selector:'(_, Class, Selector) ->
    {Module, Side} = class_of(Class, 'help:selector:'),
    Name = beamtalk_check:symbol(Selector, ?CLASS, 'help:selector:'),
    case find(Module, Side, Name) of
        {Owner, FoundSide, Method} ->
            Doc = documentation(method_doc(Owner, FoundSide, Method)),
            text([maps:get(signature, Method), Doc, "\n\n", origin(Module, Owner)]);
        none ->
            Shown = [atom_to_binary(beamtalk_class:name(Module)), " has no method ", beamtalk_print:print_string(Name)],
            beamtalk_check:not_found(?CLASS, 'help:selector:', Shown)
    end.

method_doc(Owner, Side, #{selector := Selector} = Method) ->
    case beamtalk_registry:doc(Owner, {Side, Selector}) of
        {ok, Doc} -> Doc;
        none -> maps:get(doc, Method, nil)
    end.

origin(Module, Module) -> ["Defined in ", atom_to_binary(beamtalk_class:name(Module)), " (not inherited)"];
origin(_, Owner) -> ["Inherited from ", atom_to_binary(beamtalk_class:name(Owner))].

find_generated(Module, Selector) ->
    case beamtalk_behaviour:generated(Module, Selector) of
        {Owner, Accessor} -> {Owner, instance, Accessor};
        none -> find(Module, class, Selector)
    end.

%% The instance side first; a class asked for a class method answers that, its own or what all
%% classes have.
find(Module, instance, Selector) ->
    case find_in(Module, methods, Selector) of
        none -> find_generated(Module, Selector);
        Found -> Found
    end;
find(Module, class, Selector) ->
    case find_in(Module, class_methods, Selector) of
        none -> find_in('bt@stdlib@Class', methods, Selector);
        Found -> Found
    end.

find_in(nil, _, _) ->
    none;
find_in(Module, Side, Selector) ->
    Meta = beamtalk_class:meta(Module),
    case [M || #{selector := S} = M <- maps:get(Side, Meta, []), S =:= Selector] of
        [Method | _] -> {Module, extended_side(Side), Method};
        [] -> find_extension(Module, Side, Selector, Meta)
    end.

find_extension(Module, Side, Selector, Meta) ->
    Known = beamtalk_registry:extensions_of(beamtalk_class:name(Module), extended_side(Side)),
    case [E || #{selector := S} = E <- Known, S =:= Selector] of
        [Extension | _] -> {Module, extended_side(Side), Extension};
        [] -> find_in(maps:get(super, Meta, nil), Side, Selector)
    end.

extended_side(methods) -> instance;
extended_side(class_methods) -> class.

class_of({'$class', Module}, _) -> {Module, instance};
class_of({'$metaclass', Module}, _) -> {Module, class};
class_of(Name, Selector) when is_atom(Name) ->
    case beamtalk_registry:lookup(Name) of
        {ok, Module} -> {Module, instance};
        error -> no_class(Name, Selector)
    end;
class_of(Other, Selector) ->
    beamtalk_exception:type_error(?CLASS, Selector, <<"a class or its name">>, Other).

-spec no_class(atom(), atom()) -> no_return().
no_class(Name, Selector) ->
    Message = ["Class '", atom_to_binary(Name), "' not found. Use Beamtalk allClasses for available classes."],
    beamtalk_check:raise(not_found, ?CLASS, Selector, Message).

text(Parts) -> unicode:characters_to_binary(Parts).

%%% Erlang's documentation

-spec 'erlangHelp:'(term(), term()) -> binary().
'erlangHelp:'(_, Name) ->
    Module = erlang_module(Name, 'erlangHelp:'),
    Functions = [[atom_to_binary(F), "/", integer_to_binary(A)] || {F, A} <- functions(Module)],
    text(["Erlang ", atom_to_binary(Module), lines(Functions)]).

functions(Module) -> [FA || {F, _} = FA <- Module:module_info(exports), F =/= module_info].

-spec 'erlangHelp:selector:'(term(), term(), term()) -> binary().
'erlangHelp:selector:'(_, Name, Selector) ->
    Module = erlang_module(Name, 'erlangHelp:selector:'),
    Function = first_part(beamtalk_check:symbol(Selector, ?CLASS, 'erlangHelp:selector:')),
    case [A || {F, A} <- functions(Module), atom_to_binary(F) =:= Function] of
        [] ->
            Shown = [atom_to_binary(Module), " has no function ", Function],
            beamtalk_check:not_found(?CLASS, 'erlangHelp:selector:', Shown);
        Arities ->
            text([erlang_doc(Module, Function, A) || A <- lists:sort(Arities)])
    end.

first_part(Selector) -> hd(binary:split(atom_to_binary(Selector), <<":">>)).

%% The specification from the documentation chunk where the installation has one.
erlang_doc(Module, Function, Arity) ->
    Head = [atom_to_binary(Module), ":", Function, "/", integer_to_binary(Arity), "\n"],
    case code:get_doc(Module) of
        {ok, Docs} ->
            case shell_docs:render(Module, binary_to_existing_atom(Function), Arity, Docs, #{ansi => false}) of
                {error, _} -> Head;
                Rendered -> [Head, Rendered, "\n"]
            end;
        {error, _} ->
            Head
    end.

erlang_module(Name, Selector) ->
    Text = beamtalk_print:display_string(Name),
    Found = try binary_to_existing_atom(Text) catch error:badarg -> undefined end,
    case Found =/= undefined andalso code:ensure_loaded(Found) of
        {module, Module} -> Module;
        _ -> beamtalk_check:not_found(?CLASS, Selector, ["no Erlang module is called ", Text])
    end.

%%% The log

-spec logLevel(term()) -> atom().
logLevel(_) -> maps:get(level, logger:get_primary_config()).

-spec 'logLevel:'(term(), term()) -> nil.
'logLevel:'(_, Level) ->
    case logger:set_primary_config(level, beamtalk_check:symbol(Level, ?CLASS, 'logLevel:')) of
        ok ->
            nil;
        {error, _} ->
            Shown = ["knows no level ", beamtalk_print:print_string(Level)],
            beamtalk_check:invalid(?CLASS, 'logLevel:', Shown, nil)
    end.

-spec logFormat(term()) -> text | json.
logFormat(_) ->
    case logger:get_handler_config(default) of
        {ok, #{formatter := {beamtalk_log_json, _}}} -> json;
        _ -> text
    end.

-spec 'logFormat:'(term(), term()) -> nil.
'logFormat:'(_, text) -> set_formatter({logger_formatter, #{}});
'logFormat:'(_, json) -> set_formatter({beamtalk_log_json, #{}});
'logFormat:'(_, _) -> beamtalk_check:invalid(?CLASS, 'logFormat:', <<"expects #text or #json">>, nil).

%% A node may log nowhere, and then the format makes no difference.
set_formatter(Formatter) ->
    _ = logger:set_handler_config(default, formatter, Formatter),
    nil.

%%% Debug messages of parts of the runtime

parts() ->
    #{
        actors => [beamtalk_actor, beamtalk_actor_send, beamtalk_actor_server],
        classes => [beamtalk_registry, beamtalk_class, beamtalk_class_builder],
        dispatch => [beamtalk_send],
        futures => [beamtalk_future, beamtalk_future_process],
        supervision => [beamtalk_supervisor, beamtalk_dynamic_supervisor],
        workspace => [beamtalk_workspace_loader, beamtalk_workspace_session]
    }.

-spec debugTargets(term()) -> [atom()].
debugTargets(_) -> lists:sort(maps:keys(parts())).

-spec 'enableDebug:'(term(), term()) -> nil.
'enableDebug:'(_, Target) ->
    logger:set_module_level(modules(Target, 'enableDebug:'), debug),
    nil.

-spec 'disableDebug:'(term(), term()) -> nil.
'disableDebug:'(_, Target) ->
    logger:unset_module_level(modules(Target, 'disableDebug:')),
    nil.

modules({'$class', Module}, _) -> [Module];
modules({'$actor', Module, _}, _) -> [Module];
modules(Target, Selector) ->
    case parts() of
        #{Target := Modules} ->
            Modules;
        _ ->
            Shown = ["knows no target ", beamtalk_print:print_string(Target)],
            beamtalk_check:invalid(?CLASS, Selector, Shown, <<"Beamtalk debugTargets lists them">>)
    end.

-spec activeDebugTargets(term()) -> [atom()].
activeDebugTargets(_) ->
    Shown = [M || {M, debug} <- logger:get_module_level()],
    lists:sort([Part || {Part, Modules} <- maps:to_list(parts()), Modules -- Shown =:= []]).

-spec disableAllDebug(term()) -> nil.
disableAllDebug(_) ->
    logger:unset_module_level(),
    nil.
